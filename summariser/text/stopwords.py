"""Words that say nothing of a text's subject, by language: closed word classes, and the padding of news."""

_EN = """
a about above across after again against all almost alone along already also although always am among an and another
any anybody anyone anything are aren't around as at away back be became because been before behind being below
beneath beside besides between beyond both but by can can't cannot could couldn't did didn't do does doesn't doing
don't done down during each either else enough etc even ever every everybody everyone everything few for from
further had hadn't has hasn't have haven't having he he'd he'll he's hence her here here's hers herself him himself
his how however i i'd i'll i'm i've if in indeed instead into is isn't it it's its itself just last least less let
let's like many may maybe me meanwhile might mine more moreover most much must my myself near neither never
nevertheless no nobody none nor not nothing now of off often on once one only onto or other others otherwise ought
our ours ourselves out over own per perhaps quite rather said same say saying says several shall she she'd she'll
she's should shouldn't since so some somebody someone something sometimes still such than that that's the their
theirs them themselves then there there's therefore these they they'd they'll they're they've this those though
through throughout thus to together too toward towards under unless until up upon us very via was wasn't we we'd
we'll we're we've were weren't what what's whatever when where whereas whether which while who whom whose why will
with within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
"""

_DE = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim
bereits bin bis bist da dabei dadurch dafür dagegen daher dahin damals damit danach daneben dann daran darauf daraus
darf darin darum darunter darüber das dass dasselbe davon davor dazu dein deine dem den denn dennoch der deren des
deshalb dessen die dies diese diesem diesen dieser dieses doch dort du durch dürfen ebenfalls ein eine einem einen
einer eines einige einmal er erst es etwa etwas euch euer für gegen gegenüber gewesen hab habe haben hat hatte
hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins ist ja jede jedem jeden
jeder jedes jedoch jene jetzt kann kein keine keinem keinen keiner können könnte laut man manche mehr mein meine
mich mir mit muss müssen musste nach nachdem nein nicht nichts noch nun nur ob oder ohne sagte sagten schon sehr sei
seien sein seine seinem seinen seiner seit selbst sich sie sind so sogar solche soll sollen sollte sondern sonst
sowie statt trotz über um und uns unser unsere unter viel viele vom von vor während wann war waren warum was weder
wegen weil weiter welche welchem welchen welcher wenn wer werde werden wie wieder will wir wird wo wollen worden
wurde wurden zu zum zur zwar zwischen
"""

_FR = """
à afin ai ainsi alors après as au aucun aucune aujourd'hui auquel aussi autre autres aux auxquelles avait avant avec
avoir ayant car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez comme comment contre dans
de déjà depuis dernier des desquelles dès deux donc dont du durant elle elles en encore enfin entre es est et
étaient était étant été être eu eux fait faire fois font fut hors ici il ils je jusqu jusque l la là laquelle le
lequel les lesquelles lesquels leur leurs lors lorsque lui ma mais malgré me même mêmes mes moi moins mon n ne ni
non nos notre nous on ont or ou où par parce parmi pas pendant peu peut plus plusieurs plutôt pour pourquoi pourrait
près puis puisque qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera serait ses si sinon soit
son sont sous suis sur ta tandis tant te tel telle tes toi ton tous tout toute toutes très trop tu un une vers via
voici voilà vos votre vous y d c j m t
"""

_ES = """
a ahora al algo algún alguna algunas alguno algunos allí ambos ante antes aquel aquella aquí así aun aún aunque bajo
bien cabe cada casi como cómo con contra cual cuál cuales cualquier cuando cuándo cuanto de del desde después dice
dijo donde dónde dos durante e el él ella ellas ellos en entonces entre era eran es esa esas ese eso esos esta está
ésta estaba están estas este éste esto estos fue fueron ha había han hasta hay hizo hoy la las le les lo los luego
más me mediante menos mi mientras mis mismo misma mucho muchos muy nada ni ningún ninguna no nos nosotros nuestra
nuestro o otra otras otro otros para pero poco por porque pues que qué quien quién quienes se sea según ser si sí
sido siempre siendo sin sino sobre son su sus también tampoco tan tanto te tiene tienen toda todas todavía todo
todos tras tu tus u un una unas uno unos usted ustedes y ya yo
"""

_TR = """
acaba ama ancak arada artık asla aslında ayrıca bana bazen bazı belki ben beni benim beri bile bir biraz birçok biri
birkaç birlikte biz bize bizim böyle böylece bu buna bunda bundan bunlar bunu bunun burada bütün çok çünkü da daha
dahi de değil dedi diğer diye dolayı dolayısıyla eğer en fakat gibi göre hala halde hangi hatta hem henüz hep hepsi
her herhangi hiç hiçbir için ile ilgili ise işte kadar karşı kendi kendine kez ki kim kimi mı mi mu mü nasıl ne
neden nedenle nerede niçin niye o olan olarak oldu olduğu olduğunu olmak olması olsa olup ona ondan onlar onları
onların onu onun orada oysa öyle pek rağmen sadece sanki sen şey sonra şu şöyle tarafından tüm üzere var ve veya ya
yani yapılan yerine yine yok yoksa zaten
"""

_AR = """
في من على إلى الى عن مع أن ان إن أنه انه أنها إنه إنها التي الذي الذين اللذين اللتين هذا هذه ذلك تلك هؤلاء أولئك هو
هي هم هن هما نحن أنا أنت أنتم كان كانت كانوا يكون تكون كما لم لن لا ما ليس ليست لكن لكنه ولكن بل أو او أم ثم حتى إذا
اذا إذ لو لولا كل بعض غير أي اي أية بين بعد قبل عند عندما حين حيث منذ خلال ضد حول دون تحت فوق أمام وراء نحو لدى قد
لقد سوف قال قالت وقال وقالت أضاف وأضاف أكد وأكد هناك هنا أيضا أيضاً ايضا كذلك منها منه عليه عليها فيه فيها به بها له
لها لهم إليه إليها عنه عنها وفي ومن وعلى وأن وهو وهي ولا ولم وكان وكانت وقد كذا مثل نفس عبر وفق وفقا بأن لأن فإن وإن
مما فيما بما كيف متى أين لماذا هل يا أما إما إلا الا سوى ذات ذو أكثر أقل جدا فقط و ب ل ك ف
"""

_FA = """
و در به از که این آن را با است برای تا بر یک خود هم نیز شد شده می ها های اما یا اگر هر بود بودند باید پس بین پیش چه
چون دیگر همه هیچ وی او ما من تو شما آنها آنان ایشان کرد کرده کردند کند کنند شود شوند دارد دارند داشت داشته داد دهد
گفت گفته افزود نیست هست هستند نه نمی باشد خواهد توان تواند بی طی روی زیر درباره سپس همچنین همین همان چنین چند برخی
بسیار بیش کم حتی زیرا ولی اینکه آنکه وقتی کجا چرا آیا مورد جای بعد قبل علیه ضمن
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(_EN.split()),
    "de": frozenset(_DE.split()),
    "fr": frozenset(_FR.split()),
    "es": frozenset(_ES.split()),
    "tr": frozenset(_TR.split()),
    "ar": frozenset(_AR.split()),
    "fa": frozenset(_FA.split()),
}
