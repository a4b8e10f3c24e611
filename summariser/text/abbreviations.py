"""Abbreviations, by what their full stop tells about the sentence."""

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# English words stand in no list but those they share with `WORDS_TOO`, and what another language shares with English in
# capitals (FA, PR, AA, CC) only in `EITHER`: it ends a sentence where a word follows that opens one.

TITLES = _words("""
adm amb assoc asst atty bp brig capt cdr cmdr cmdt col comdr cpl cpt det dr drs ens esq fr ft gen gov hon insp
lt maj messrs mgr mlle mm mme mr mrs ms msgr mt mx ofc pfc pres prof pvt rep reps rev rt sen sens sgt spc sra
srta st ste supt vn wm dipl ing hr frau fra bro rabb hw cap gral lic mag mgs dott
dres frl gebr hptm oblt vors
dra dras sras sres profa tte cnel
sig sigg avv l'avv l’avv geom l'on l’on dell'on dell’on all'on all’on
sta sto engr atty brgy bgy gng kgg usec asec
""")
"""A name follows: the stop ends nothing."""

BEFORE_NUMBERS = _words("""
no nos nr nrs n° nº num p pp pg pgs par para vol vols ch chap sec sect art arts fig figs eq tab ver v bd abs
ziff tel ext est ca approx abt rm op cl jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc
ene abr ago sept dic s sf rs gal cap núm pág págs
str okt dez mrz
tél l'art l’art d'art d’art
pag pagg dell'art dell’art all'art all’art nell'art nell’art sull'art sull’art
""")
"""The stop ends nothing where a number follows."""

INSIDE = _words("""
e.g i.e eg ie vs v cf viz al resp incl excl approx a.k.a aka c.f feat ft w/o z.b d.h u.a o.ä s.o s.u bzw usw
evtl ggf inkl exkl vgl sog bspw zzgl geb gest i.d.r u.u p.ex c.-à-d env p.ej m.in örn vb vd bkz yy
bzgl einschl ggü zzt av avda cfr
""")
"""The sentence goes on, whatever follows, unless it is a word that opens sentences."""

EITHER = _words("""
inc corp co cos ltd llc plc bros jr sr dept div univ assn ave blvd rd hwy etc a.m p.m am pm ph.d b.a m.a m.d d.c
u.s u.k u.n e.u u.s.a b.c a.d est dist intl natl gmbh ag cie sa mfg min max hr hrs sec secs mins yr yrs mo mos
wk wks lb lbs oz kg km cm mm mph mi sq ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich
minn miss mont neb nev okla ore pa penn tenn tex vt va wash wis wyo mon tue tues wed thu thur thurs fri sat sun
ed eds trans repr ibid a.ş ltd.şti st c n b d r
mio mrd tsd str fa ca hrsg std jh jhd jhdt chr abt aufl bhf hbf
pr bd boul apr j.-c
ee uu jj oo rr hh cc aa ff dd aprox dpto cía ud uds vd vds
mons ecc bb
""")
"""The stop may end the sentence too: the next word decides."""

WORDS_TOO = _words("""
abs am art ax bro cap ch col del dist div ed eds est fa fig fr fra gal gen hon ill ind ing kan la mag mass max mi min
mio miss mo mon ms no ore pa par penn rep reps sat sec secs sta sto sun trans wash wed
""")
"""These are abbreviations when they are capitalised; in lower case they are words."""

ALL = TITLES | BEFORE_NUMBERS | INSIDE | EITHER

# Words that are capitalised because they open a sentence, not because they are names.
STARTERS = _words("""
a about according after again all also although among an and another any are as at be because before both but by
can could despite did do does during each earlier even every few finally first following for from had has have
he hence her here his how however i if in indeed instead is it its last later like many may maybe meanwhile more
moreover most much my neither never next no nobody nor not nothing now of officials on once one only or other
others our over people perhaps please police several she should since so some still such sources than that the
their them then there therefore these they this those though thus to today two under unlike until was we were
what when where whether which while who whose why will with would yes yesterday yet you your der die das er sie
es ein eine im am und aber doch auch bei nach wir ich wie wenn als zu zum zur seit mit für nun le les il ils
elle elles un une des et mais dans en au aux pour selon ce cette ces nous vous je on el los las ella ellos una
unos pero según este esta estos estas también no por para con como bu o ve ama ancak bir onlar biz daha
""")

DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
"""`U.S`, `a.m`, `Ph.D`, `z.B`: letters parted by stops, the last stop taken off."""
