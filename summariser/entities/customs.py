"""Where a name comes from, as far as its words tell: that decides how freely it is spelt.

The tables are of given names and family names that millions bear, not of persons.
"""

import re
from functools import cache, lru_cache

from summariser.entities.gazetteer import word_set
from summariser.entities.sounds import Custom, same_word, skeletons

_EASTERN = """
abbas abdullah abed adel adham adnan ahmad ahmet akbar akram alaa ali alireza alla amal amin amina amir amira ammar
amr anas anwar aqil arash ardalan arif arshad asad asghar asif asim asma ashraf ata atef ayad ayman aysha aziz azzam
babak badr bahaa bahram bakr baqir barham barzan bashar bashir basim bassam behnam behrouz bilal bijan burhan dara
dariush daoud dawood dilshad ebrahim ehsan ekrem elham emad erdal esmail essam fadi fadil fahad fahd faisal faleh
fares farhad farid farouk farzad fatima fatemeh fawzi faye fazel feras fereydoun firas fouad fuad ghassan ghazi habib
haider hadi hafez haitham hakan hakim halima hamad hamdan hamdi hamed hamid hamza hana hanan hani haroun hashem hashim
hasan hassan hatem hazem hedayat hisham hojjat homayoun hossam hussein husni ibrahim idris ihsan ihab ilham imad iman
imran iqbal iraj isa ismail issam iyad izzat jaafar jabbar jaber jalal jalil jamal jamil jasim javad jawad jihad juma
kamal kamil kamran karam karim kazem kazim kemal khadija khaled khalid khalil khalifa khamis kosrat kourosh latif
layla leila loay luay lubna mahdi maher mahmoud mahmut majid malik mansour manal marwan maryam masoud masrour mazen
mehmet mehran mesut midhat moez mohammad mohsen moin moqtada mounir mousa moussa mourad muammar mubarak muhammad
muhannad muhsin mukhtar mumtaz munir murad murtada musa musab mustafa mutaz muthanna muwaffaq nabil nabih nader nadia
nadim naeem naif najib najim najm nasir nasser nasrin nawaf nawal nechirvan nematollah nizar noor nouri nuha numan
omar omer osama othman parviz parvin qais qasim qassem qubad qusay rafiq rafat rahim rahman rajab ramadan ramazan
ramin rami ramzi rana rania rashad rasheed rashid rasul raed recep reza riad riyad rostam rosh ruhollah saad sabah
sabri sadiq sadegh saddam saeed safa said saif salah salam saleh salem salim salma salman salwa samir sami samira sana
sara sardar sardasht sattar sayed selim serhat shadi shaima shahin shahram shakir shams sharif shirin shukri siamak
sinan sirwan sohrab suad suhail suleiman sultan tahir taha talal taleb tamim taqi tareq tariq tawfiq tayyip thamer
turki uday umar umit usama uthman wael wahid waleed walid wasim yahya yasin yasir yasser yildirim younis yousef yusuf
zahra zaid zainab zaki zakaria zeki zeyad ziad ziyad zuhair zubair bakir cafer celal adil aref aseel asem atallah ayub
azhar badri bahij basil darwish dawud ezzat fahmi faiz farag fathi fikri gamal habiba haytham huda iskandar jabir jabr
jawdat kifah labib lutfi mahfouz mamdouh mazin mishaal muayad muhanad mundhir munther musaab muqtada mutlaq nafi najat
naji nashwan nawzad nazar nidal nihad qahtan qutaiba raad rabih radwan rasim rauf ridha rushdi sabir sajid samih
shaker shakib subhi sufyan tahsin tarek thaer thamir wafiq wajdi wissam yarub yunis zahir zakariya zuhayr afsaneh
amirhossein ardeshir bahman bahar behzad elaheh faramarz farideh farzaneh firouz ghasem gholam gholamreza golnaz
habibollah hamidreza hooshang hormoz jahangir javid kamyar kaveh keyvan khosrow mahsa manouchehr marjan masoumeh
mehrdad mohammadreza mojtaba nahid nasrollah nastaran niloufar omid parisa pejman peyman rouhollah saman sepideh
shapour shirazi siavash soheil soraya taghi touraj vahid yadollah fethullah hikmet huseyin ismet kadir kasim nuri
osman salih serdar yilmaz yunus
"""
_SLAVIC = """
vladimir volodymyr sergei serhiy aleksandr aleksander aleksandra alexei oleksiy oleg oleh igor ihor ivan mikhail
mykhailo nikolai mykola dmitry dmytro andrei andriy yevgeny yevhen yuri yuriy boris viktor viktoria vitaly vitaliy
pavel petro pyotr anatoly anatoliy konstantin kostiantyn leonid roman ruslan ramzan stanislav vyacheslav vasily vasyl
yulia yelena olena natalia tatyana svetlana oksana lyudmila valery valeriy gennady grigory fyodor semyon arkady kirill
denys denis maksim maxim taras bohdan bogdan milos slobodan zoran dragan goran radovan ratko vuk nebojsa milan
miroslav jaroslav vaclav zdenek jiri tomas wojciech andrzej zbigniew lech jaroslaw donald jerzy krzysztof mateusz
stefan plamen georgi boyko rumen
"""
_SLAVIC_ENDING = re.compile(
    r"(?:[aeo]v|[eo]ff|[eo]va|sk(?:[iy]+|ij|yj|a|aya)|[ct]?skiy|enko|chuk|v[iy](?:ch|c|¢)|shvili|adze)$"
)
_EASTERN_ENDING = re.compile(
    r"(?:[aeiou]dh?i|[ae][iy]di|awi|aoui|[aeiou][hkmr]i|[ao]uri|[aeiou]bi|[aeiou]sh?i|[aeiou][qz]i|ghi|[aeiou]fi|zadeh|zada|nejad|nezhad|oglu|[aou]llah?|[aeu]ddin|pour)$"
    r"|^(?:abd|abu|umm).{3}|q(?!u)"
)
FAMILY_FIRST = word_set(
    """
    an bai ban bao cai cao chang chao chen cheng cheung chiang choi chou chow chu chung cui dai deng ding dong du
    duan fan fang feng fu gao ge gu guan guo han hao he ho hong hou hsieh hsu hu hua huang hung hwang jeong ji jia
    jiang jin jo jung kang kim ko kong kwon lai lam lau le lee lei leung li liang liao lim lin ling liu long lu luo
    lyu ma mao meng mi min mo moon na ng ngo ngoc nguyen ni oh ou pak pan pang park pei peng pham phan ping qi qian
    qiao qin qiu qu ren rhee ryu shao shen shi shih song su suh sun tan tang tao teng tian tran trinh truong tsai
    tseng tung vo vu wan wang wei wen wong woo wu xi xia xiang xiao xie xin xing xu xue yan yang yao yau ye yi yin
    ying yoo yoon you yu yuan yun zeng zha zhai zhan zhang zhao zheng zhong zhou zhu zhuang zou abe fukuda hatoyama
    hashimoto honda inoue ishiba ishii ito kan kato kimura kishida kobayashi koike koizumi matsumoto mori motegi
    murakami nakamura nakasone noda obuchi ono saito sasaki sato shimizu suga suzuki takahashi tanaka watanabe
    yamada yamaguchi yamamoto yoshida antall bajnai farkas gyurcsany horthy horvath kadar kovacs medgyessy molnar
    nagy nemeth orban szabo szijjarto toth varga
    """
)
"""Family names that stand before the given name at home, and behind it in some news."""


@lru_cache(maxsize=1 << 14)
def custom_of(parts: tuple[str, ...]) -> Custom:
    """Return by what custom a person's name is spelt."""
    if any(part in FAMILY_FIRST for part in (parts[0], parts[-1])) and len(parts) > 1:
        return Custom.PLAIN
    if any(_SLAVIC_ENDING.search(part) for part in parts) or _is_known(parts, Custom.SLAVIC):
        return Custom.SLAVIC
    if any(_EASTERN_ENDING.search(part) or part == "bin" for part in parts) or _is_known(parts, Custom.EASTERN):
        return Custom.EASTERN
    return Custom.PLAIN


def _is_known(parts: tuple[str, ...], custom: Custom) -> bool:
    table = _tables()[custom]
    return any(
        same_word(part, name, custom) for part in parts for key in skeletons(part) for name in table.get(key, ())
    )


@cache
def _tables() -> dict[Custom, dict[str, list[str]]]:
    tables: dict[Custom, dict[str, list[str]]] = {Custom.SLAVIC: {}, Custom.EASTERN: {}}
    for custom, names in ((Custom.SLAVIC, _SLAVIC), (Custom.EASTERN, _EASTERN)):
        for name in names.split():
            for key in skeletons(name):
                tables[custom].setdefault(key, []).append(name)
    return tables


@lru_cache(maxsize=1 << 12)
def is_common(part: str) -> bool:
    """Tell whether a word is a given name that very many bear."""
    return _is_known((part,), Custom.EASTERN) or _is_known((part,), Custom.SLAVIC)
