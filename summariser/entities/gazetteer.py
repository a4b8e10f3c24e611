"""Small tables of facts: places, the peoples named for them, and the words that tell what a name is a name of."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Each entry is a country, the word for its people, its capital.
_COUNTRIES = """
Afghanistan|Afghan|Kabul; Albania|Albanian|Tirana; Algeria|Algerian|Algiers; Andorra|Andorran|Andorra la Vella;
Angola|Angolan|Luanda; Argentina|Argentine|Buenos Aires; Armenia|Armenian|Yerevan; Australia|Australian|Canberra;
Austria|Austrian|Vienna; Azerbaijan|Azerbaijani|Baku; Bahrain|Bahraini|Manama; Bangladesh|Bangladeshi|Dhaka;
Belarus|Belarusian|Minsk; Belgium|Belgian|Brussels; Benin|Beninese|Porto-Novo; Bhutan|Bhutanese|Thimphu;
Bolivia|Bolivian|La Paz; Bosnia|Bosnian|Sarajevo; Botswana|Botswanan|Gaborone; Brazil|Brazilian|Brasilia;
Britain|British|London; Bulgaria|Bulgarian|Sofia; Burkina Faso|Burkinabe|Ouagadougou; Burundi|Burundian|Gitega;
Cambodia|Cambodian|Phnom Penh; Cameroon|Cameroonian|Yaounde; Canada|Canadian|Ottawa; Chad|Chadian|N'Djamena;
Chile|Chilean|Santiago; China|Chinese|Beijing; Colombia|Colombian|Bogota; Congo|Congolese|Kinshasa;
Costa Rica|Costa Rican|San Jose; Croatia|Croatian|Zagreb; Cuba|Cuban|Havana; Cyprus|Cypriot|Nicosia;
Czech Republic|Czech|Prague; Denmark|Danish|Copenhagen; Djibouti|Djiboutian|Djibouti; Ecuador|Ecuadorian|Quito;
Egypt|Egyptian|Cairo; El Salvador|Salvadoran|San Salvador; England|English|London; Eritrea|Eritrean|Asmara;
Estonia|Estonian|Tallinn; Ethiopia|Ethiopian|Addis Ababa; Fiji|Fijian|Suva; Finland|Finnish|Helsinki;
France|French|Paris; Gabon|Gabonese|Libreville; Gambia|Gambian|Banjul; Georgia|Georgian|Tbilisi;
Germany|German|Berlin; Ghana|Ghanaian|Accra; Greece|Greek|Athens; Guatemala|Guatemalan|Guatemala City;
Guinea|Guinean|Conakry; Haiti|Haitian|Port-au-Prince; Honduras|Honduran|Tegucigalpa; Hungary|Hungarian|Budapest;
Iceland|Icelandic|Reykjavik; India|Indian|New Delhi; Indonesia|Indonesian|Jakarta; Iran|Iranian|Tehran;
Iraq|Iraqi|Baghdad; Ireland|Irish|Dublin; Israel|Israeli|Jerusalem; Italy|Italian|Rome; Ivory Coast|Ivorian|Abidjan;
Jamaica|Jamaican|Kingston; Japan|Japanese|Tokyo; Jordan|Jordanian|Amman; Kazakhstan|Kazakh|Astana;
Kenya|Kenyan|Nairobi; Kosovo|Kosovar|Pristina; Kuwait|Kuwaiti|Kuwait City; Kyrgyzstan|Kyrgyz|Bishkek;
Laos|Laotian|Vientiane; Latvia|Latvian|Riga; Lebanon|Lebanese|Beirut; Liberia|Liberian|Monrovia;
Libya|Libyan|Tripoli; Lithuania|Lithuanian|Vilnius; Luxembourg|Luxembourgish|Luxembourg;
Madagascar|Malagasy|Antananarivo; Malawi|Malawian|Lilongwe; Malaysia|Malaysian|Kuala Lumpur; Mali|Malian|Bamako;
Malta|Maltese|Valletta; Mauritania|Mauritanian|Nouakchott; Mexico|Mexican|Mexico City; Moldova|Moldovan|Chisinau;
Mongolia|Mongolian|Ulaanbaatar; Montenegro|Montenegrin|Podgorica; Morocco|Moroccan|Rabat;
Mozambique|Mozambican|Maputo; Myanmar|Burmese|Naypyidaw; Namibia|Namibian|Windhoek; Nepal|Nepali|Kathmandu;
Netherlands|Dutch|Amsterdam; New Zealand|New Zealander|Wellington; Nicaragua|Nicaraguan|Managua; Niger|Nigerien|Niamey;
Nigeria|Nigerian|Abuja; North Korea|North Korean|Pyongyang; North Macedonia|Macedonian|Skopje; Norway|Norwegian|Oslo;
Oman|Omani|Muscat; Pakistan|Pakistani|Islamabad; Palestine|Palestinian|Ramallah; Panama|Panamanian|Panama City;
Paraguay|Paraguayan|Asuncion; Peru|Peruvian|Lima; Philippines|Filipino|Manila; Poland|Polish|Warsaw;
Portugal|Portuguese|Lisbon; Qatar|Qatari|Doha; Romania|Romanian|Bucharest; Russia|Russian|Moscow;
Rwanda|Rwandan|Kigali; Saudi Arabia|Saudi|Riyadh; Scotland|Scottish|Edinburgh; Senegal|Senegalese|Dakar;
Serbia|Serbian|Belgrade; Sierra Leone|Sierra Leonean|Freetown; Singapore|Singaporean|Singapore;
Slovakia|Slovak|Bratislava; Slovenia|Slovenian|Ljubljana; Somalia|Somali|Mogadishu; South Africa|South African|Pretoria;
South Korea|South Korean|Seoul; South Sudan|South Sudanese|Juba; Spain|Spanish|Madrid; Sri Lanka|Sri Lankan|Colombo;
Sudan|Sudanese|Khartoum; Sweden|Swedish|Stockholm; Switzerland|Swiss|Bern; Syria|Syrian|Damascus;
Taiwan|Taiwanese|Taipei; Tajikistan|Tajik|Dushanbe; Tanzania|Tanzanian|Dodoma; Thailand|Thai|Bangkok;
Togo|Togolese|Lome; Tunisia|Tunisian|Tunis; Turkey|Turkish|Ankara; Turkmenistan|Turkmen|Ashgabat;
Uganda|Ugandan|Kampala; Ukraine|Ukrainian|Kyiv; United Arab Emirates|Emirati|Abu Dhabi; United Kingdom|British|London;
United States|American|Washington; Uruguay|Uruguayan|Montevideo; Uzbekistan|Uzbek|Tashkent;
Venezuela|Venezuelan|Caracas; Vietnam|Vietnamese|Hanoi; Wales|Welsh|Cardiff; Yemen|Yemeni|Sanaa;
Zambia|Zambian|Lusaka; Zimbabwe|Zimbabwean|Harare
"""

_FACTS = [[fact.strip() for fact in entry.split("|")] for entry in _COUNTRIES.split(";")]

PLACES = frozenset(place.casefold() for country, _, capital in _FACTS for place in (country, capital)) | {
    *("africa", "asia", "europe", "middle east", "us", "usa", "u.s", "uk", "u.k", "uae", "aleppo", "basra", "istanbul"),
    *("karachi", "lagos", "mumbai", "shanghai", "new york", "hong kong", "tel aviv", "los angeles", "west bank"),
}
"""Countries, capitals and a few places beside them, in lower case."""

PEOPLES = frozenset(people.casefold() for _, people, _ in _FACTS) | _set(
    """
    arab kurdish european african asian western muslim christian jewish sunni shia shiite islamic catholic arabic
    persian hebrew latin
    """
)
"""Words for who comes from where or believes what: capitals that make no name."""

BODIES = _set(
    """
    academy administration agency airlines alliance army assembly association authority bank battalion board brigade
    brigades bureau club coalition college commission committee company congress corp corporation corps council court
    department directorate federation force forces foundation front fund government group guard hospital inc institute
    institution international league ltd media militia ministry mission mobilisation mobilization movement museum
    nations navy network news office organisation organization parliament party police post press radio school senate
    service society syndicate times tribunal tv union university weekly
    """
)
"""Words that make a name an organisation's."""

SITES = _set(
    """
    airport avenue bay beach bridge camp canal city coast county desert district governorate gulf heights hills island
    islands lake mount mountain mountains ocean peninsula plaza port province region river road sea square strait
    street suburb town valley village zone
    """
)
"""Words that make a name a place's."""

TITLES = _set(
    """
    admiral ambassador archbishop ayatollah bishop brigadier captain cardinal chairman chairwoman chancellor chief
    colonel commander commissioner congressman congresswoman dame deputy detective director doctor dr emir father
    foreign former general gen governor imam incumbent inspector interior defence defense finance judge justice king
    lady lieutenant lord madame major mayor minister miss monsignor mp mr mrs ms mullah officer pastor pope premier
    president prime prince princess prof professor queen rabbi rep representative rev reverend sayyid secretary sen
    senator sergeant sgt sheikh sheikha sir sister speaker spokesman spokesperson spokeswoman state sultan supreme
    vice
    """
)
"""Words before a person's name that are no part of it."""

PARTICLES = _set("abd abu al ben bin bint da de del della der di dos du e el ibn la las le los van von zu y")
"""Words in small letters that stand inside a name."""

CALENDAR = _set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december ramadan christmas easter eid i am pm
    """
)
"""Words with a capital that name a time, and the first person."""
