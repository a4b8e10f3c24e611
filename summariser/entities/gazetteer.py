"""Small tables of facts: places, the peoples named for them, and the words that tell what a name is a name of."""


def word_set(words: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(words.split())


def _list(names: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()).casefold() for name in names.split(",") if name.strip())


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

COUNTRY_OF = {place.casefold(): country for country, _, capital in _FACTS for place in (capital, country)}
"""The country of each country's name and capital, in lower case."""

PEOPLE_OF = {people.casefold(): country for country, people, _ in _FACTS}
"""The country of each people, in lower case."""

PEOPLES = frozenset(people.casefold() for _, people, _ in _FACTS) | word_set(
    """
    arab kurdish european african asian western muslim christian jewish sunni shia shiite islamic catholic arabic
    persian hebrew latin
    """
)
"""Words for who comes from where or believes what: capitals that make no name."""

BODIES = word_set(
    """
    academy administration agency airlines alliance army assembly association authority bank battalion board brigade
    brigades bureau club coalition college commission committee company congress corp corporation corps council
    court department directorate federation force forces foundation front fund government group guard hospital inc
    institute institution international league ltd media militia ministry mission mobilisation mobilization movement
    museum nations navy network news office organisation organization parliament party police post press radio
    school senate service society syndicate times tribunal tv union university weekly airways alliances armed
    associates bloc brotherhood cabinet campaign cartel cell centre center chamber church commandos companies
    confederation consortium courts current daily democrats embassy enterprises exchange faction fc framework gang
    gazette greens guards herald holdings hospitals industries infantry initiative insurgents intelligence
    investments jihad journal knesset legion liberals library line lines list majlis markets monitor motors
    newspaper observatory operations orchestra partners peshmerga petroleum plc properties quarterly rangers
    regiment register republicans resistance review secretariat securities services socialists soldiers squad state
    station studios survey team telecom theatre tigers trust unions units united vanguard watch wing workers yard ag
    bv gmbh sa spa ansar asaib asa'ib bank-e fatah gorran hashd harakat hayat hayʼat hezb hezbollah hizb hizbullah
    islah jabhat jamaat jamiat jaish jaysh jund kata'ib kata’ib kataeb kataib komala lashkar liwa majma muttahida
    partiya saraya sepah tahrik tehreek tehrik harekat hareketi partisi cemiyeti belediyesi bankasi gazetesi
    """
)
"""Words that make a name an organisation's."""

SITES = word_set(
    """
    airport avenue bay beach bridge camp canal city coast county desert district governorate gulf heights hills
    island islands lake mount mountain mountains ocean peninsula plaza port province region river road sea square
    strait street suburb town valley village zone arena basilica block border boulevard cape castle cathedral
    cemetery checkpoint citadel corridor crossing dam delta drive field fields forest fort garden gardens gate gates
    glacier harbor harbour highway hill hotel jail jabal jebel lane market mosque oasis pass park pier plain plains
    plant plateau prison quarter refinery reservoir sahara shrine springs stadium state states tel tell temple
    territories territory tower towers township tunnel umm wadi waters well wells
    """
)
"""Words that make a name a place's."""

TITLES = word_set(
    """
    admiral ambassador archbishop ayatollah bishop brigadier captain cardinal chairman chairwoman chancellor chief
    colonel commander commissioner congressman congresswoman dame deputy detective director doctor dr emir father
    foreign former general gen governor imam incumbent inspector interior defence defense finance judge justice king
    lady lieutenant lord madame major mayor minister miss monsignor mp mr mrs ms mullah officer pastor pope premier
    president prime prince princess prof professor queen rabbi rep representative rev reverend sayyid secretary sen
    senator sergeant sgt sheikh sheikha sir sister speaker spokesman spokesperson spokeswoman state sultan supreme
    vice acting actor actress adviser advisor aide analyst archduke archpriest artist author baron baroness brother
    caliph candidate caretaker ceo chairperson chancellors chieftain cleric coach col colonels commandant comrade
    correspondent councillor counsel countess cpt crown designate diplomat duchess duke economist editor elder
    envoy ex field frontman generals goalkeeper grand hajj hajji haji hojatoleslam hojjatoleslam hodjatoleslam host
    inspector-general interim journalist junior lawmaker lawyer lt maj marshal maulana moulavi maulvi
    midfielder mother mufti negotiator nurse opposition outgoing patriarch philosopher playwright poet police
    presidential prosecutor reporter retired rt sayed sayyed scientist senior seyyed shaikh shaykh sheik sheriff
    singer staff striker surgeon syed then treasurer undersecretary veteran viceroy writer
    """
)
"""Words before a person's name that are no part of it."""

PARTICLES = word_set("abd abu al ben bin bint da de del della der di dos du e el ibn la las le los van von zu y")
"""Words in small letters that stand inside a name."""

CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december ramadan christmas easter eid i am pm
    """
)
"""Words with a capital that name a time, and the first person."""

CITIES = _list("""
    aba, abbottabad, abeche, aberdeen, abha, adana, adelaide, aden, agadir, agra, ahmedabad, ahvaz, ajman, akron,
    al-hasakah, al-qaim, alberta, albuquerque, aleppo, alexandria, almaty, amadiya, amara, amritsar, anbar, antakya,
    antalya, antwerp, aqaba, arbil, ardabil, arequipa, asyut, aswan, atlanta, auckland, austin, baalbek, babylon,
    baltimore, bamenda, bamyan, bandung, bangalore, barcelona, barranquilla, basel, basra, basrah, batman, batumi,
    beersheba, belfast, belgorod, belo horizonte, benghazi, bergen, bethlehem, birmingham, bishkek, bodrum, bologna,
    bolzano, bombay, bordeaux, boston, brasov, bremen, brisbane, bristol, brno, brooklyn, buffalo, bukhara, bursa,
    busan, bushehr, calais, calcutta, calgary, cali, cape town, cardiff, casablanca, catania, cebu, ceyhan,
    charleston, charlotte, chechnya, chengdu, chennai, chicago, chittagong, chongqing, christchurch, cincinnati,
    ciudad juarez, cleveland, cologne, cordoba, crimea, cusco, dakhla, dallas, dammam, danang, daqahliya, dar es
    salaam, daraa, darfur, darwin, davos, deir ez-zor, deir al-zour, denver, dera, derna, detroit, dhahran, diyala,
    diyarbakir, dnipro, dohuk, donetsk, dortmund, douala, dresden, dubai, duhok, durban, dusseldorf, edirne, eilat,
    el fasher, el paso, elazig, erbil, erzurum, eskisehir, essen, faisalabad, falluja, fallujah, fez, florence,
    frankfurt, fujairah, gaza, gaza city, gaza strip, gaziantep, gdansk, geneva, genoa, ghazni, ghent, giza,
    glasgow, golan heights, goma, gothenburg, granada, graz, grozny, guadalajara, guangzhou, guayaquil, hague,
    haifa, halabja, hamadan, hamburg, hama, hannover, haditha, hasaka, hatay, hebron, helmand, herat, hilla,
    hiroshima, ho chi minh city, hodeidah, homs, houston, hyderabad, ibadan, ibb, idlib, indianapolis, innsbruck,
    irbid, isfahan, esfahan, ismailia, izmir, jaffna, jaffa, jalalabad, jeddah, jenin, johannesburg, kaduna,
    kandahar, kano, kansas city, karaj, karbala, kerbala, kaohsiung, kars, kashgar, kassala, kazan, kerman,
    kermanshah, khan younis, khanaqin, kharkiv, kharkov, kherson, khorramabad, kirkuk, kisumu, kobani, kolkata,
    konya, kosice, krakow, kunduz, kurdistan, kut, kyoto, lahore, latakia, lausanne, leeds, leicester, leipzig,
    lille, liverpool, ljubljana, lodz, lucknow, luhansk, luxor, lviv, lyon, maiduguri, makkah, malatya, malmo,
    manbij, manchester, mansoura, mardin, marib, mariupol, marrakesh, marseille, mashhad, mazar-i-sharif, mecca,
    medellin, medina, melbourne, memphis, mersin, miami, milan, milwaukee, minneapolis, misrata, mombasa, montreal,
    mosul, multan, munich, nablus, nagasaki, najaf, nasiriyah, nazareth, naples, nashville, new orleans, nineveh,
    ninewa, nice, north waziristan, nuremberg, oakland, odesa, odessa, omdurman, oran, orlando, osaka, osh, palermo,
    palmyra, peshawar, perth, philadelphia, phoenix, pittsburgh, plovdiv, pokhara, port sudan, port said, portland,
    porto, poznan, pune, qamishli, qandil, qazvin, qom, quetta, rafah, raqqa, rasht, rawalpindi, recife, rio de
    janeiro, rosario, rostov, rotterdam, sadah, saint petersburg, salahuddin, salonica, salzburg, samara, samarkand,
    samarra, san antonio, san diego, san francisco, sao paulo, sanandaj, santos, sapporo, saratov, seattle, seville,
    sfax, sharjah, sheffield, shenzhen, shiraz, sidon, sinai, sinjar, sirte, sivas, south kordofan, srebrenica,
    srinagar, st. louis, st. petersburg, stavanger, strasbourg, stuttgart, suez, sulaymaniyah, sulaimaniyah,
    sulaimani, surabaya, swat, sydney, tabriz, taiz, tampa, tangier, tartus, thessaloniki, tikrit, timbuktu,
    toronto, toulouse, trabzon, trieste, tripoli, tucson, turin, tyre, urmia, urumqi, utrecht, uppsala, valencia,
    van, vancouver, varanasi, varna, venice, verona, vladivostok, volgograd, wasit, wuhan, xinjiang, yazd, yokohama,
    york, zagreb, zahedan, zanzibar, zaporizhzhia, zarqa, zurich, kiev, sana'a, sanaa, dahuk, alabama, alaska,
    arizona, arkansas, california, colorado, connecticut, delaware, florida, hawaii, idaho, illinois, indiana, iowa,
    kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota, mississippi, missouri,
    montana, nebraska, nevada, new hampshire, new jersey, new mexico, north carolina, north dakota, ohio, oklahoma,
    oregon, pennsylvania, rhode island, south carolina, south dakota, tennessee, texas, utah, vermont, virginia,
    west virginia, wisconsin, wyoming, ontario, quebec, british columbia, manitoba, nova scotia, saskatchewan, new
    south wales, queensland, tasmania, victoria, bavaria, saxony, catalonia, andalusia, sicily, sardinia, tuscany,
    siberia, punjab, sindh, balochistan, kashmir, gujarat, kerala, tamil nadu, assam, bihar, uttar pradesh,
    maharashtra, hokkaido, sichuan, guangdong, tibet, java, sumatra, bali, borneo, mindanao, luzon, khuzestan,
    northern ireland, great britain, u.s.a, u.s.a., u.s., u.k., u.a.e., latin america, north america, south america,
    central america, central asia, southeast asia, eastern europe, western europe, north africa, west africa, east
    africa, sub-saharan africa, horn of africa, sahel, balkans, caucasus, scandinavia, baltic, baltics, levant,
    maghreb, mediterranean, red sea, black sea, caspian sea, persian gulf, arabian gulf, gulf of oman, strait of
    hormuz, bab al-mandab, suez canal, nile, euphrates, tigris, jordan valley, sinai peninsula, kurdistan region,
    iraqi kurdistan, west bank, east jerusalem, transnistria, nagorno-karabakh, abkhazia, south ossetia, donbas,
    donbass, gibraltar, greenland, bermuda, puerto rico, manhattan, queens, hollywood, silicon valley, westminster,
    vatican, vatican city, antarctica, arctic, atlantic, pacific, rojava, green zone, turkiye, türkiye, myanmar,
    burma, cabo verde, cape verde, eswatini, timor-leste, east timor, papua new guinea, samoa, tonga, vanuatu,
    maldives, mauritius, seychelles, comoros, lesotho, bahamas, barbados, belize, brunei, burkina faso, central
    african republic, democratic republic of congo, dominica, dominican republic, equatorial guinea, grenada,
    guinea-bissau, guyana, liechtenstein, monaco, san marino, suriname, trinidad and tobago, bosnia and herzegovina,
    czechia, holland, soviet union, washington d.c., new york city
""")
"""Big cities, provinces, regions and waters, in lower case, and countries that the table above lacks."""

KNOWN_BODIES = _list("""
    united nations, european union, african union, arab league, league of arab states, nato, opec, unesco, unicef,
    unhcr, unrwa, unifil, who, wto, imf, iaea, icrc, icc, oecd, osce, asean, ecowas, brics, mercosur, interpol,
    europol, fifa, uefa, nba, nfl, nasa, esa, fbi, cia, nsa, dea, fda, epa, faa, pentagon, kremlin, white house,
    congress, senate, mossad, knesset, bundestag, duma, hezbollah, hizbollah, hizbullah, hamas, fatah, islamic
    jihad, taliban, isis, isil, daesh, islamic state, al-qaeda, al qaeda, al-qaida, al-shabaab, boko haram, houthis,
    huthis, ansar allah, pkk, kdp, puk, ypg, pyd, sdf, irgc, basij, quds force, peshmerga, plo, muslim brotherhood,
    red cross, red crescent, amnesty international, human rights watch, greenpeace, oxfam, save the children,
    doctors without borders, reuters, afp, associated press, agence france-presse, bloomberg, xinhua, tass, irna,
    isna, anadolu agency, kyodo, yonhap, bbc, cnn, nbc, cbs, abc, npr, pbs, fox news, al jazeera, al-jazeera, al
    arabiya, rudaw, new york times, washington post, wall street journal, guardian, financial times, economist, le
    monde, der spiegel, haaretz, google, microsoft, apple, amazon, facebook, meta, twitter, youtube, instagram,
    tiktok, whatsapp, telegram, tesla, boeing, airbus, toyota, volkswagen, siemens, samsung, huawei, exxonmobil,
    chevron, shell, bp, totalenergies, saudi aramco, aramco, gazprom, rosneft, goldman sachs, jpmorgan, hsbc,
    citigroup, world bank, world health organization, world health organisation, world food programme, security
    council, general assembly, supreme court, federal reserve, european commission, european parliament, european
    central bank, bank of england, democratic party, republican party, labour party, conservative party, likud, akp,
    chp, mhp, hdp, al-ahram, al-akhbar, al-manar, al-mayadeen, al-monitor, al-quds al-arabi, al-sharqiya,
    al-sumaria, an-nahar, asharq al-awsat, asia times, arab news, the national, gulf news, khaleej times, jerusalem
    post, times of israel, ynet, maariv, yedioth ahronoth, l'orient-le jour, daily star, hurriyet, hürriyet,
    milliyet, sabah, sozcu, sözcü, cumhuriyet, yeni safak, daily sabah, zaman, trt, bianet, tasnim, fars, fars news
    agency, mehr, mehr news agency, ilna, kayhan, keyhan, shargh, etemad, press tv, iran international, radio farda,
    kurdistan24, nrt, basnews, shafaq news, ina, sana, petra, wafa, spa, kuna, wam, tap, map, aps, mena, pti, ani,
    dawn, geo news, express tribune, tolo news, khaama press, pajhwok, the hindu, indian express, times of india,
    hindustan times, straits times, south china morning post, global times, people's daily, asahi shimbun, yomiuri
    shimbun, nikkei, kbs, mbc, nhk, abs-cbn, rappler, bangkok post, jakarta post, antara, bernama, dpa, ansa, efe,
    pap, tanjug, ukrinform, interfax, ria novosti, kommersant, meduza, novaya gazeta, kyiv independent, le figaro,
    liberation, libération, le parisien, france 24, rfi, die welt, die zeit, bild, süddeutsche zeitung, frankfurter
    allgemeine zeitung, deutsche welle, ard, zdf, el pais, el país, el mundo, la vanguardia, corriere della sera, la
    repubblica, la stampa, publico, gazeta wyborcza, politiken, aftenposten, dagens nyheter, svt, nrk, yle, vrt, de
    standaard, de telegraaf, volkskrant, irish times, rte, sky news, itv, channel 4, daily mail, daily telegraph,
    sunday times, the times, the sun, daily mirror, the independent, usa today, los angeles times, chicago tribune,
    boston globe, politico, axios, time, newsweek, msnbc, al-masirah, msf, médecins sans frontières, care, pew,
    folha de s.paulo, o globo, clarin, clarín, la nacion, el universal, reforma, granma, premium times, daily
    nation, mail & guardian, punch, vanguard, the citizen, daily monitor, sabc, dawa, dawa party, badr organisation,
    badr organization, kata'ib hezbollah, kataib hezbollah, asaib ahl al-haq, hashd al-shaabi, harakat al-nujaba,
    gorran, komala, kdpi, pjak, hpg, ypj, hts, hayat tahrir al-sham, jabhat al-nusra, al-nusra front, nusra front,
    free syrian army, baath party, ba'ath party, amal, amal movement, future movement, lebanese forces, kataeb,
    phalange, ennahda, nidaa tounes, fln, polisario, polisario front, wafd, tagammu, istiqlal, ugtt, pflp, dflp,
    al-aqsa martyrs brigades, labor, meretz, shas, yesh atid, yisrael beytenu, kadima, joint list, iyi party,
    felicity party, dem party, ak party, awami league, bnp, bjp, congress party, aap, dmk, aiadmk, shiv sena, pml-n,
    ppp, mqm, ttp, lashkar-e-taiba, jaish-e-mohammed, jamaat-e-islami, haqqani network, northern alliance, kmt,
    kuomintang, dpp, umno, golkar, pdi-p, anc, da, eff, zanu-pf, swapo, frelimo, renamo, mpla, unita, apc, pdp, cdu,
    csu, spd, afd, fdp, greens, die linke, oevp, spoe, fpoe, svp, fidesz, jobbik, pis, law and justice, civic
    platform, psd, usr, smer, ano, syriza, pasok, new democracy, golden dawn, forza italia, lega, five star
    movement, brothers of italy, psoe, podemos, vox, ciudadanos, junts, sumar, erc, eta, ira, sinn fein, sinn féin,
    fine gael, fianna fail, fianna fáil, dup, sdlp, snp, plaid cymru, ukip, reform uk, liberal democrats, tories,
    tory party, labour, gop, democrats, republicans, national rally, la france insoumise, renaissance, morena, pri,
    pan, prd, farc, eln, chavistas, psuv, pt, mas, shining path, red brigades, m23, lra, janjaweed, rsf, tplf,
    eritrean defence forces, wagner, wagner group, azov, sbu, fsb, kgb, gru, svr, mi5, mi6, gchq, isi, raw, savak,
    mit, gid, shin bet, idf, raf, us army, us navy, coast guard, secret service, irs, usaid, state duma, rada, sejm,
    majlis, majles, loya jirga, lok sabha, rajya sabha, diet, bundesrat, storting, riksdag, folketing, eduskunta,
    cortes, house of commons, house of lords, house of representatives, capitol, supreme leader's office, guardian
    council, assembly of experts, expediency council, revolutionary guards, revolutionary guard, islamic
    revolutionary guard corps, kurdistan regional government, krg, muthanna, gcc, gulf cooperation council, oic,
    saarc, sco, csto, g7, g20, nafta, apec, adb, ebrd, afdb, ifc, efta, wfp, fao, ilo, iom, undp, unfpa, unhrc,
    unodc, unep, unido, unama, unami, unsmil, minusma, monusco, amisom, atmis, kfor, eufor, icj, opcw, world trade
    organization, international monetary fund, international criminal court, international court of justice,
    european court of human rights, council of europe, x, discord, linkedin, netflix, spotify, uber, airbnb, openai,
    nvidia, intel, amd, ibm, oracle, cisco, sony, panasonic, nintendo, honda, nissan, hyundai, kia, bmw,
    mercedes-benz, audi, ford, general motors, renault, fiat, stellantis, volvo, byd, xiaomi, alibaba, tencent,
    baidu, bytedance, tata, infosys, reliance, adani, petronas, sinopec, cnpc, equinor, eni, repsol, pemex,
    petrobras, pdvsa, lukoil, qatarenergy, adnoc, sabic, emirates, etihad, qatar airways, turkish airlines,
    lufthansa, ryanair, easyjet, british airways, air france, klm, aeroflot, delta air lines, united airlines, ubs,
    credit suisse, deutsche bank, bnp paribas, societe generale, santander, barclays, lloyds, natwest, morgan
    stanley, wells fargo, bank of america, blackrock, kpmg, deloitte, pwc, mckinsey, pfizer, moderna, astrazeneca,
    novartis, roche, sanofi, bayer, nestle, nestlé, unilever, danone, coca-cola, pepsico, mcdonald's, starbucks,
    walmart, ikea, nike, adidas, arsenal, chelsea, tottenham, everton, newcastle united, aston villa, atletico
    madrid, sevilla, ac milan, inter milan, napoli, roma, lazio, borussia dortmund, psg, ajax, psv, feyenoord,
    benfica, porto fc, celtic, rangers, besiktas, beşiktaş, trabzonspor, al hilal, al-hilal, al nassr, al-nassr, al
    ahly, zamalek, persepolis, esteghlal, boca juniors, river plate, flamengo, palmeiras, lakers, celtics, warriors,
    yankees, dodgers, red sox, cowboys, patriots, real madrid, barcelona fc, manchester united, liverpool fc,
    juventus, bayern munich, galatasaray, fenerbahce, harvard, oxford university, cambridge university, stanford
    university, red army, state department, justice department
""")
"""Bodies that most readers of news know, in lower case."""

GIVEN = word_set("""
    aaron abbas abdallah abdel abdul abdulaziz abdulkarim abdullah abdulrahman abeba abena abigail abraham ada
    adaeze adam adel adela adil aditi adnan adrian adwoa afshin agnes agnieszka ahmad ahmed ahmet aidan aiko ailsa
    aisha ajay akbar akira akosua akua alan alana alban albert albin alejandro aleksandar alessandro alex alexander
    alexandra alexei alexis alfred ali alice alicia alina alireza alistair allan alma alvaro amal amanda amara amer
    amina amir amit amjad amos amr amrita amy ana anas anders andre andrea andreas andrei andrew angela anil anita
    ann anna anne anneke annika anthony antoine anton antonio antti anwar anya apinya ara arash arda ariel arif
    aristide arjun arman armando arne arnold arthur arturo arvind asad asger ashley ashraf aslan asma astrid atefeh
    audrey aurora ava axel ayad ayatullah ayman ayo ayse aysel azad aziz babak bahram bakhtiar bakr bao barbara
    barham barry bart basel bashar bashir bastian beata beatriz behrouz bela ben benjamin berit berivan bernard
    bernhard bertha bianca bilal birgit birte bjorn bo bob bogdan boris boyko brad brandon brian brigitte bronwyn
    bruce bruno burak caleb callum camille carl carla carlos carmen carol caroline catherine cecilia celia cem
    cengiz charles charlotte chen cheng chiara chidi chinedu chioma chloe chris christian christina christine
    christopher cindy claire clara claudia clement colin connor conrad cora cormac craig cristina cyril dagmar
    damian dan dana daniel danielle danny daphne dara dario dariush darya dave david davide dawit deborah declan
    delphine deniz dennis derek desmond devi devrim diana didier diego dieter dilan dilshad dimitri dina dirk dmitry
    dolores dominic don donald donna doris dorothy douglas duncan dusan dylan ebrahim ebru edgar edith edmund
    eduardo edward edwin efrat efua eileen einar ekrem eleanor elena eleni eli elias elif elisa elise eliska
    elizabeth ella ellen elsa emad emeka emil emilia emily emine emma emre enrique enzo erdal eric erik erika erin
    ernest ernesto esra esteban ester esther ethan etienne eugene eugenia eva evelyn ewa fabian fadi fahad faisal
    fares farhad farid farida faris farouk fateh fatemeh fatima fatma fatoumata fela felicity felix femi fereydoun
    fergus fernando fiona firas flavia florian folake frances francesca francesco francis francisco frank franz fred
    frederic frederik frida fritz fuad fumiko gabriel galina gareth gary gavin gemma geoffrey george georgia gerald
    gerard gerd gerhard gertrude ghada ghassan giles gina giorgio giovanni giulia giuseppe gloria gordon grace
    graham greg greta guido guillermo gulbuddin gustavo guy habib hadi hafez haidar haider hakan hala halil hamad
    hamdan hameed hamid hamish hamza hana hanan hanna hannah hannes hans harold haroun harriet harry haruki harvey
    hasan hashim hassan hassana hatem hatice hayder heba hector heidi heike heinrich helen helena helga helmut
    henning henri henry herbert herman hermann hiba hicham hideo hilary hilda hiroshi hiwa hoda horst hosni hossein
    houshang huda hugh hugo humam husain hussain hussein hyun ian ibrahim ibrahima ida idris ife ignacio ignacy igor
    ilham ilona ilse imad imelda imran ines inga ingeborg ingmar ingrid irene irfan irina iris isa isaac isabel
    isabella isabelle isidro ismail istvan ivan ivana ivo iwona jaafar jaap jacek jack jacob jacques jafar jaime
    jakob jalal jamal james jamie jamil jan jane janet janos jarmo jaroslav jasim jason jassim javad javier jawad
    jay jean jeanne jeff jeffrey jelena jennifer jens jeremy jerome jerry jesper jesse jessica jesus jill jim jiro
    jo joan joanna joao jochen joe joel johan johanna johannes john jon jonas jonathan joost jordi jorge jose josef
    joseph josh joshua joyce juan judith judy juha julia julian julie juliette julio juma jun jurgen justin kaarina
    kadir kai kalle kamal kamala kamil kamran kareem karen kari karim karin karl karla karolina karzan kasia
    katarina kate katherine kathleen kathrin katie katrin kaveh kawa kazem kazuo keiko keith kelly kemal ken kenji
    kenneth kerstin kevin khadija khaled khalid khalifa khalil kim kiran kirsten klaus knut kofi konrad kosrat
    kristian kristina krzysztof kumar kurt kwabena kwaku kwame kyle lakshmi lance larry lars lasse latif laura
    lauren laurent lawrence layla leah lee leila lena lennart leo leon leonardo leonid leroy lesley leslie leyla
    liam lili lillian lina linda lionel lisa lois lorena lorenzo lotte louis louise lubna luca lucas lucia lucy
    ludwig luis luka luke luna lupe lutz lydia mae maggie magnus mahdi maher mahmood mahmoud mahmud mahsa maja majid
    malcolm malik mamadou manfred mansour manuel mara marc marcel marcelo marcin marco marcus marek margaret
    margarita margot maria mariam marian marianne marie marina mario marjorie mark markus marlene marlon marta
    martha martin martina marvin marwan mary maryam masoud masrour mathias matilda matteo matthew matthias matti
    maureen maurice max maxim maya mazen mazloum megan mehdi mehmet mehrdad mei melanie melissa meral mia michael
    michaela michal michel michelle miguel mika mikael mike mikhail mila milan milica milos mina mira miriam mirjam
    miroslav mithun moein mohamad mohamed mohammad mohammed mohan mohini mohsen moira moises mona moqtada morten
    mostafa moussa muayad muhammad muhsin mukhtar muna munir muqtada murat musa mustafa muthanna nabih nabil nada
    nader nadia nadine naim najib naledi nancy naoko naomi narendra nasrin nasser natalia natasha nathan nawaf
    nazanin nechirvan neha neil nelson ngozi nicholas nick nicola nicolas niels nigel nikhil nikola nikolai nils
    nilufar nina nizar njeri nkechi nneka noah noel noor nora norbert norma noura nouri nuno nuri obaid oksana olaf
    ole oleg olena olga oliver olivia oluwaseun omar omid orhan oriol orla osama oscar oskar osman oswald othman
    otto owen pablo padraig palesa pamela panos paolo parisa parvin pascal pat patricia patrick patrik paul paula
    pauline pavel pedro peggy pekka penny percy perla pervez peter petra phil philip philippe phoebe pia pierre
    pilar piotr polly pradeep pranav preeti prem priya qais qasem qasim qassem qiang qubad quentin quinn rachel
    rachid rafael raj raja rajesh rajiv rakesh ralf ralph ramadan ramesh rami ramon ramona rana randy rania raphael
    raquel rashid raul ravi raymond rebaz rebecca rebwar recep reem regina reiner reinhard renata rene reza rhys
    ricardo richard rima rita riyad rizgar rob robert roberto robin rodney rodrigo roger rohan rohit rojda roland
    rolf roman ronald ronan rory rosa rosalind rose rowan roxana roya rudolf rune rupert russell ruta ruth ryan saad
    sabah sabine sabri saddam sadegh sadiq saeed safa sahar said sajad sakura salah saleh salih salim sally salma
    salman salwa sam samantha samer sami samir samira samson samuel sandra sanjay sanna sara sarah sardar sarkis
    sasha saskia satoshi sayed scott sean sebastian sebastien selim selma senait serdar serge sergei sergey sergio
    seth shahin shahram shakir shane sharon shaswar shaun sheila sherko shimon shirin shirley shreya sibusiso sigrid
    silas silvia simon sinan siobhan sipho sirwan sofia soheil sonia sonja sophie soran soren stan stanislav stanley
    stefan stella sten stephen steve steven stig stuart suha sultan sunil sunita suresh susan susana susanne suzanne
    sven svetlana sybil sylvia tadeusz taha tahir takashi tala talib tamar tamer tammy tanya tara tareq tariq tariro
    tatiana tatyana tayyip ted temba terence terry tessa thabo thaer thandi theo theodore theresa thierry thomas
    thorsten tiago tibor tim timothy tina tobias toby todd tom tomas tomasz tomoko tony toru tracy trevor tristan
    troy tsegaye tuan uday ugo ulla ulrich ulrike uma umar umit ursula usman uwe vahid valentina valerie vanessa
    vera veronica victor victoria vijay vikram viktor vincent viola vivian vladimir volodymyr wade wael waleed walid
    walter wanda wang wanjiru warren wayne wei wendy werner wesley wilfred wilhelm will willem william willy wissam
    wojciech wolfgang xavier xiang yael yahya yair yang yannick yasemin yaser yasin yasir yasmin yasser yaw yitzhak
    yoko yolanda yosef yoshi yossi yousef youssef yuan yuki yulia yunus yuri yusuf yvette yvonne zach zahra zainab
    zaki zana zdenek zeki zelda zeynep zhang ziad ziya zoe zohra zola zoltan zsofia zuzana zvi
    """)
"""Given names from many languages, in lower case."""
