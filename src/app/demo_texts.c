/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/demo_texts.h"

#include "base/out.h"

#define ANY DEMO_ALWAYS
#define WINTER DEMO_WINTER
#define SPRING DEMO_SPRING
#define SUMMER DEMO_SUMMER
#define AUTUMN DEMO_AUTUMN
#define WARM (DEMO_SPRING | DEMO_SUMMER)
#define COLD (DEMO_WINTER | DEMO_AUTUMN)
#define GROWING (DEMO_SPRING | DEMO_SUMMER | DEMO_AUTUMN)

/* ---- English ---- */

static const demo_text en_posts[] = {
    {ANY, "The number 3 tram waited for an old lady with a cello this morning. Nobody complained. I love this town."},
    {ANY, "Found a chessboard on the embankment with a note: \"White to move, back at six.\" I moved. I hope white forgives me."},
    {ANY, "Choir practice has moved to Thursdays, because the heating in the House of Culture only works on Thursdays. Reasonable."},
    {ANY, "Does anyone have a 14 mm spanner? Mine has gone to live with a neighbour and nobody will say which one."},
    {ANY, "My daughter's class is weighing the river. Not the water. The river. I did not ask questions."},
    {ANY, "The bakery on Mill Street has put the rye with caraway back on the shelf. I bought two and ate one on the way home."},
    {ANY, "Lost: one grey glove, left hand. Last seen on tram 7, looking out of the window."},
    {GROWING, "Caught four perch and a bicycle bell. The bell has been released."},
    {ANY, "The library now stays open until nine. If you need me, I am in the armchair by the window. The good one."},
    {ANY, "The driver of the 12 announced every stop in verse today. He says it is his last week before he retires."},
    {ANY, "Small victory: the stairwell light on our floor works again. It only took three letters and one very tall neighbour."},
    {ANY, "If you hear hammering at number 18, that is me and a wardrobe that came with instructions for a different wardrobe."},
    {SPRING, "The ice went out at ten past four this afternoon. Half the town stood on the bridge and nobody said a word."},
    {SPRING, "First day at the allotment. The shed is still there, the door is not. We begin again."},
    {SPRING, "Potatoes are in. My back would like it to be noted that it was against the idea."},
    {SPRING, "The storks are back on the water tower. One of them looked at me as if I had let the place go."},
    {SPRING, "Swapped six tomato seedlings for a jar of honey and a promise to help with a roof. Prices are fair this spring."},
    {SPRING, "Someone has painted all the benches on the embankment yellow. Someone else sat down at once. It was me."},
    {SPRING, "The river is up to the third step. My grandfather says the fourth is when one starts to worry. We count every evening."},
    {SUMMER, "Swam across to the other bank and back. The other bank is much like ours, but with better blackberries."},
    {SUMMER, "Free courgettes outside number 4. Please. Take some. Take them all."},
    {SUMMER, "Too hot to argue, so the house committee agreed on everything in eleven minutes. We should meet in July more often."},
    {SUMMER, "The ferry runs until midnight again. Last night there were three of us, a dog and an accordion."},
    {SUMMER, "Strawberries: two kilos picked, one kilo home. An unsolved mystery."},
    {SUMMER, "Slept on the balcony. At four the swifts held a meeting about it."},
    {SUMMER, "Open-air cinema at the old grain store tonight. Bring a blanket, a chair and something against mosquitoes. Mostly the last."},
    {SUMMER, "The children built a dam across the ditch. The council sent an engineer. He took off his shoes and helped."},
    {SUMMER, "Thunder over the islands all evening and not one drop here. The cucumbers feel cheated."},
    {AUTUMN, "Pickled forty jars of cucumbers. If the winter is shorter than that, come round."},
    {AUTUMN, "Mushrooms! I will not say where. Somewhere between here and the horizon."},
    {AUTUMN, "The first fog. The trams ring at every corner, and you can hear where the whole town is."},
    {AUTUMN, "Dug up the last carrots. One of them has legs and looks as though it is waiting for a bus."},
    {AUTUMN, "School again. My son's only remark about the first day: \"They have a new hamster. The old one is now a legend.\""},
    {AUTUMN, "The apples are down to the last two crates. I know eleven recipes now and I like four of them."},
    {AUTUMN, "Raked leaves for two hours. Turned round. It was as if nobody had been there."},
    {WINTER, "Minus twenty-six and the baker's van started first time. There is applause on Mill Street."},
    {WINTER, "The rink on the meadow is open. Skates for hire, knees at your own risk."},
    {WINTER, "Ice fishing since six. Result: one roach, two good conversations, no feeling in the feet."},
    {WINTER, "Somebody shovelled the path to our door before I got up. Whoever you are: there is cake at number 9."},
    {WINTER, "The neighbours' children have built a snow post office. I have received two letters and a parking fine."},
    {WINTER, "The tree on Cathedral Square is crooked this year. The longer I look at it, the more I like it."},
    {WINTER, "Seed catalogues have arrived. Outside everything is white, and I have already planned more beans than we have sticks."},
    {WINTER, "Power was off for an hour. We found candles, a pack of cards and the fact that my mother cheats."},
    {COLD, "The trams smell of wet wool and oranges. It must be that time of the year."},
    {COLD, "Repaired the stove. It draws so well now that it took yesterday's crossword with it."},
    {WARM, "Planted beans where the beans were, peas where the peas were, and forgot where the carrots were."},
    {WARM, "There is a heron on our landing stage every morning at seven. We nod."},
    {WARM, "Cycled to the lock and back. Forty kilometres, one puncture, two ice creams. Good ratio."},
    {WARM, "Rehearsal on the boat deck tonight. When the barges hoot, we hold the note and pretend it was meant."},
    {GROWING, "Two pike in one morning. My father-in-law was there and saw it. That is the important part."},
    {GROWING, "The bees are in a bad mood today. So am I. We have agreed on a distance."},
    {GROWING, "It rained exactly while I hung out the washing, and stopped when I took it in. I respect the timing."},
    {ANY, "The choir needs basses. You need not read music. You must not mind sitting next to Igor."},
    {ANY, "Our cat has found a second family. They call him Professor. He has not told them about us."},
    {ANY, "Parents' evening. The teacher said my daughter asks too many questions. I asked which ones."},
    {ANY, "Fixed the bicycle. There is one screw left. It is a very nice screw and I am keeping it in case."},
    {ANY, "The chess club meets in the boiler house now. It is warm, and the boiler man turned out to be rated 2100."},
    {ANY, "New timetable: tram 5 comes every eight minutes, in groups of three."},
    {ANY, "I learned to make my grandmother's dumplings. She tasted one and said: \"Interesting.\" I am taking it as praise."},
    {ANY, "Lent my ladder to the neighbours in May. Today it came back with a fresh coat of paint. Lend things, people."},
    {ANY, "The museum has found a fourth boat in the cellar. They were looking for a light switch."},
    {ANY, "Whoever returned \"The Master and Margarita\" to the shelf in the tram shelter: you left a ticket to the opera in it. 1987."},
    {ANY, "Night shift at the pumping station. It is very quiet. The river talks in its sleep."},
    {ANY, "My son has decided to be a tram. Not a driver. A tram."},
    {ANY, "Thank you to the man who ran after the bus with my bag. You run very well."},
    {ANY, "There are three kinds of people in a lift: those who talk about the weather, those who look at the numbers, and Galina."},
    {ANY, "Does anyone else's clock run faster since the new power station, or am I simply late for everything?"},
    {ANY, "Concert on Saturday at six, School 7, the big hall. The second violins have practised. The first ones say they have, too."},
    {ANY, "Baked bread without a recipe. It is more of a building material, but the ducks were polite about it."},
    {ANY, "Saw a man on the embankment teach his dog to sit. After ten minutes the man was sitting."},
    {ANY, "The repair café fixed my grandmother's radio. It plays the same station as before. It only ever had the one."},
    {ANY, "Good news: the pharmacy on the corner stays. Bad news: I had already stocked up on camomile for two years."},
    {ANY, "Today I was asked for directions by somebody with a map of a different town. We found the place anyway."},
    {ANY, "If the fire alarm in house 30 goes off at noon, that is the pancakes. Everyone is fine."},
    {ANY, "The children's question of the day: does the river know that we look at it?"},
    {ANY, "Gave the front door a second coat. It is now the reddest door in the street. Competition is welcome."},
    {ANY, "The piano in the station hall has been tuned. A man in work clothes sat down between two trains and played Bach for eleven minutes."},
    {ANY, "I have been in this town for five years today. I came for a month, because of the light."},
    {ANY, "Our physics teacher lit a lamp with a lemon. My nephew has used up all our lemons since."},
    {ANY, "Met my old headmaster at the market. He still looks at my hands first."},
    {ANY, "The lost property office at the depot keeps a list by the door. This week: eleven umbrellas, one trombone, a wedding dress."},
    {ANY, "Tried the new noodle place by the bridge. Small room, loud cook, no menu. I was told what I wanted and it was true."},
    {ANY, "Tonight in the reading room: how they moved the bell tower forty metres in 1911. With rollers, oxen and shouting."},
    {ANY, "The neighbour practises the trumpet between five and six. He has reached the second half of the tune. We are all very proud."},
    {ANY, "Wrote to the waterworks about the hydrant. They answered in one day, by hand, and drew me a diagram. What a place."},
    {ANY, "The allotment association voted on the new pump. Nineteen for, eighteen against, one asleep. Counted as an abstention."},
    {ANY, "I taught the evening class how to splice a rope. By nine we had a hammock, and somebody in it."},
    {ANY, "Bream soup for eight from one bream. It was that kind of bream."},
    {ANY, "My mother has discovered video calls. I now know her ceiling very well."},
    {ANY, "Two hours in the queue at the registry office, and I came out with a recipe for plum jam and a godson. Long story."},
    {ANY, "Our goalkeeper is a postman. He lets nothing through, and rings twice."},
    {ANY, "There was a rainbow over the cement works. It did its best."},
    {ANY, "The weekly market has a man who sharpens knives and a man who sells bandages. They stand next to each other."},
    {ANY, "Ran ten kilometres along the towpath. The last two were mostly a conversation with myself."},
    {ANY, "The vet says the goat is fine and that I should stop reading about goats."},
    {ANY, "Looking for somebody to sing the second part on Sunday. You will be paid in pie."},
    {ANY, "Who left a basket of eggs at the school gate with a note saying \"for the geography teacher\"? She is very moved. She also teaches art."},
    {ANY, "My niece has numbered all the stairs in the building with chalk. There are 112. I live on 96."},
    {ANY, "The printer at work has a new message: \"Later.\""},
    {ANY, "I gave a talk about moss. Nine people came. Three of them stayed to see the slides again."},
    {ANY, "The bridge lights have been repaired, all but one. Leave it, I say. That is how we know it is ours."},
    {ANY, "Old photographs of the ferry crossing turned up in my aunt's sideboard. In every one somebody is pointing at something outside the picture."},
    {ANY, "Watched the crane lift the new bell. It rang once by itself, in the air, and everybody took off their hats."},
    {ANY, "Home again. Three days away, and the sourdough has opened a second office."},
    {ANY, "The dog ate the shopping list, so we went by what she seemed to remember. We have a lot of sausages."},
    {ANY, "New rule at our table: whoever says \"I told you so\" does the washing-up. It has been very quiet."},
    {ANY, "To whoever plays the clarinet on the fourth floor of house 12: the slow piece yesterday was beautiful. The other one will come."},
    {ANY, "The model railway club is open on Saturday. They have built the whole town, with our house, with our washing on the line."},
    {ANY, "Somebody asked what people do here at the weekend. We look after things. It takes all weekend."},
    {ANY, "Helped at the blood donors' day. One hundred and forty people, and the biscuits lasted until noon."},
    {ANY, "The fire brigade got our kitten down. The kitten went up again to watch them leave."},
    {ANY, "My students translated a poem about rain while it rained. I have nothing to add to that as a teacher."},
    {ANY, "The optician says I need glasses. That explains the bus to Lipki."},
    {ANY, "The gardening column in the paper was wrong about garlic, and I have written to say so. This is who I am now."},
    {ANY, "A seal has been reported by the lower lock. It was Nikolai, swimming."},
    {ANY, "Overheard on tram 3: \"She is not angry, she is a librarian.\""},
    {ANY, "Built a shelf. It is level. I have checked with water, a marble and my brother-in-law."},
    {ANY, "We have named the new boat \"Probably\". It is a good name: everybody smiles, and nobody asks how fast she is."},
    {ANY, "The night bus has a new heater. I went one stop too far on purpose."},
    {ANY, "At the flea market: one lamp, two chairs, and a map of the town on which our street is a pond."},
    {ANY, "For everyone who asked: the cough is gone, the voice is back, I am singing on Friday, second row, behind the tall one."},
    {ANY, "The radio said light wind from the south-west. The laundry of house 6, now on the roof of house 8, says otherwise."},
    {ANY, "I have started to write down what my grandfather tells about the ferrymen. Twelve pages so far, and he has only reached breakfast.\n\nIf your family has stories about the crossing, please write to me."},
    {ANY, "Things I did not know a year ago: how to prune a pear tree, what a bilge is, and that the lady downstairs was a national fencing champion.\n\nThings I still do not know: where the cellar key is."},
};

static const demo_chapter en_story[] = {
    {46, 19, "Is it true that they want to build a car park in the Old Park? I heard it at the hairdresser's, so it is at least half true."},
    {41, 20, "I have read the plan for the Old Park. Page 14: \"removal of 61 lime trees\". The word \"lime\" does not appear anywhere else. The word \"parking\" appears 40 times."},
    {36, 18, "We are collecting signatures for the Old Park at the tram stop, every day from four to six. Bring a pen. We have lost all of ours."},
    {30, 21, "1,204 signatures. The oldest signer is 97 and says that she kissed somebody under the third tree from the left."},
    {24, 19, "The council heard us today. Forty people spoke, one after the other, two minutes each. A boy of nine just counted the trees aloud. It took exactly two minutes."},
    {19, 12, "For those who ask: the gathering in the Old Park on Saturday is announced and allowed. Come with children, bring thermos flasks, leave the paths clear, take your litter home."},
    {17, 17, "There were about six hundred of us under the limes. The choir sang, the police officer on duty knew the second verse."},
    {16, 9, "What I liked best on Saturday: at the end people folded the banners, swept the paths, and somebody tied a scarf round the youngest tree."},
    {9, 20, "The council has put the car park off for half a year and will ask for a second opinion about the trees. It is not a yes. It is a \"well, hm\". In this town that is a lot."},
    {3, 18, "Meeting of the Friends of the Old Park on Wednesday at seven, library, small hall. Agenda: the second opinion, the bird boxes, who has the big thermos."},
};

static const char *const en_greetings[] = {
    "Happy birthday! May your tram always be just arriving.",
    "Many happy returns! I have left something with your neighbour. It needs watering.",
    "Happy birthday! Another year, and you still owe me a ladder.",
    "All the best today! Health, good company, and dry feet.",
    "Happy birthday from the whole second row of the choir!",
    "Happy birthday! You do not look a day older than your bicycle.",
    "Many happy returns! The pike send their regards, they are relieved that you have the day off.",
    "Happy birthday! Cake at yours or at ours? The answer is both.",
};

static const char *const en_notes[] = {
    "Thank you for yesterday. I have not laughed like that since the boat.",
    "Your jar is empty. This is a hint.",
    "You left your umbrella with us. It has settled in.",
    "The photographs from Sunday have come out well. In two of them your eyes are open!",
    "Are you coming on Thursday? We need somebody who can reach the top shelf.",
    "I have your spanner. It was never far away. It was in the kettle box.",
    "Saw you on the 3 and waved. You were asleep. You looked very peaceful.",
    "The seedlings have taken! All twelve. Thank you.",
    "We miss you at the rehearsals. The tenors have started to drift.",
    "Your recipe worked. The fire brigade was not needed at all.",
    "Good luck with the exam tomorrow! You know more than you think.",
    "Welcome to the building. If the tap sings, knock on it twice.",
};

static const char *const en_statuses[] = {
    "At the allotment, in spirit", "Second row, behind the tall one", "Looking for a ladder", "Out with the fish", "On tram 3",
    "Reads in the bath", "Has found the glove", "Learning the trumpet, sorry", "Knows where the mushrooms are",
    "Counting swifts", "Gone to the other bank", "Friend of the Old Park", "Can swim, cannot whistle", "More soup",
    "Not awake before ten", "Fixing things that were fine", "Will sing for pie", "Rain or shine, mostly rain",
    "Waiting for the ice to go", "Just one more chapter", "Night shift until Friday", "Owner of the reddest door",
};

static const char *const en_towns[] = {"Beloborsk", "Upper Landing", "Lipki", "Old Harbour", "Kamenka", "Dublin", "Bristol", "Tartu"};
static const char *const en_circles[] = {"Family", "Choir", "Allotment", "Work", "Fishing"};
static const char *const en_requests[] = {
    "We sat next to each other at the council hearing. You lent me a pen.",
    "Hello, I am the one with the goat.",
    "We were at School 7 together, I sat behind you and copied everything.",
    "Your neighbour from 14. I think we share a wall.",
};

static const demo_given en_given[] = {
    {GENDER_FEMALE, "Alice", "alice"}, {GENDER_FEMALE, "Beatrice", "beatrice"}, {GENDER_FEMALE, "Clara", "clara"},
    {GENDER_FEMALE, "Daisy", "daisy"}, {GENDER_FEMALE, "Edith", "edith"}, {GENDER_FEMALE, "Fiona", "fiona"},
    {GENDER_FEMALE, "Grace", "grace"}, {GENDER_FEMALE, "Hannah", "hannah"}, {GENDER_FEMALE, "Ingrid", "ingrid"},
    {GENDER_FEMALE, "Joan", "joan"}, {GENDER_FEMALE, "Kate", "kate"}, {GENDER_FEMALE, "Lucy", "lucy"},
    {GENDER_FEMALE, "Martha", "martha"}, {GENDER_FEMALE, "Nora", "nora"}, {GENDER_FEMALE, "Orla", "orla"},
    {GENDER_FEMALE, "Priya", "priya"}, {GENDER_FEMALE, "Rosa", "rosa"}, {GENDER_FEMALE, "Sophie", "sophie"},
    {GENDER_FEMALE, "Tessa", "tessa"}, {GENDER_FEMALE, "Winifred", "winifred"},
    {GENDER_MALE, "Adam", "adam"}, {GENDER_MALE, "Benedict", "benedict"}, {GENDER_MALE, "Colin", "colin"},
    {GENDER_MALE, "Daniel", "daniel"}, {GENDER_MALE, "Edwin", "edwin"}, {GENDER_MALE, "Felix", "felix"},
    {GENDER_MALE, "George", "george"}, {GENDER_MALE, "Hugh", "hugh"}, {GENDER_MALE, "Isaac", "isaac"},
    {GENDER_MALE, "James", "james"}, {GENDER_MALE, "Kieran", "kieran"}, {GENDER_MALE, "Leo", "leo"},
    {GENDER_MALE, "Martin", "martin"}, {GENDER_MALE, "Noah", "noah"}, {GENDER_MALE, "Oscar", "oscar"},
    {GENDER_MALE, "Patrick", "patrick"}, {GENDER_MALE, "Rajan", "rajan"}, {GENDER_MALE, "Simon", "simon"},
    {GENDER_MALE, "Thomas", "thomas"}, {GENDER_MALE, "Walter", "walter"},
};

#define SAME(name, slug) {name, name, slug, slug}
static const demo_family en_family[] = {
    SAME("Abbott", "abbott"), SAME("Archer", "archer"), SAME("Bell", "bell"), SAME("Bright", "bright"), SAME("Byrne", "byrne"),
    SAME("Carter", "carter"), SAME("Cole", "cole"), SAME("Dawson", "dawson"), SAME("Doyle", "doyle"), SAME("Ellis", "ellis"),
    SAME("Ferris", "ferris"), SAME("Finch", "finch"), SAME("Fletcher", "fletcher"), SAME("Gray", "gray"), SAME("Hale", "hale"),
    SAME("Hardy", "hardy"), SAME("Holt", "holt"), SAME("Hughes", "hughes"), SAME("Iyer", "iyer"), SAME("Jarvis", "jarvis"),
    SAME("Keane", "keane"), SAME("Lamb", "lamb"), SAME("Lowe", "lowe"), SAME("Marsh", "marsh"), SAME("Mayer", "mayer"),
    SAME("Miller", "miller"), SAME("Nolan", "nolan"), SAME("Osborne", "osborne"), SAME("Parry", "parry"), SAME("Pike", "pike"),
    SAME("Quinn", "quinn"), SAME("Reed", "reed"), SAME("Rivers", "rivers"), SAME("Sharp", "sharp"), SAME("Stone", "stone"),
    SAME("Tanner", "tanner"), SAME("Vance", "vance"), SAME("Ward", "ward"), SAME("Weaver", "weaver"), SAME("Young", "young"),
};

/* ---- Russian ---- */

static const demo_text ru_posts[] = {
    {ANY, "Третий трамвай утром ждал бабушку с виолончелью. Никто не возмущался. За это и люблю наш город."},
    {ANY, "На набережной кто-то оставил шахматную доску и записку: «Ход белых, вернусь к шести». Я {сходила|сходил}. Надеюсь, белые простят."},
    {ANY, "Репетицию хора перенесли на четверг, потому что отопление в Доме культуры работает по четвергам. Логично."},
    {ANY, "Соседи, у кого мой ключ на четырнадцать? Я не сержусь, я просто {хотела|хотел} бы с ним иногда видеться."},
    {ANY, "Вахтёрша в музыкальной школе знает наизусть все гаммы и поправляет через дверь."},
    {ANY, "В булочной на Мельничной снова есть бородинский. {Купила|Купил} два, до дома {донесла|донёс} один."},
    {ANY, "Нашлась варежка, красная, левая. Висит на заборе школы № 7 и машет всем проходящим."},
    {GROWING, "С утра на лодке: четыре окуня и один звонок от велосипеда. Звонок {отпустила|отпустил}."},
    {ANY, "Библиотека теперь до девяти. Если что, я в кресле у окна. В том самом."},
    {ANY, "Водитель двенадцатого объявляет остановки стихами. Говорит, последняя неделя перед пенсией, можно."},
    {ANY, "На нашем этаже снова горит лампочка. Потребовалось всего три заявления и один очень высокий сосед."},
    {ANY, "Если из восемнадцатого дома слышен стук, то это я и шкаф, к которому приложили инструкцию от другого шкафа."},
    {SPRING, "Лёд пошёл в десять минут пятого. Полгорода стояло на мосту, и все молчали."},
    {SPRING, "{Открыла|Открыл} дачный сезон. Сарай на месте, дверь от сарая — нет. Начинаем сначала."},
    {SPRING, "Картошку посадили. Спина просит занести в протокол, что она была против."},
    {SPRING, "На водонапорной башне снова аисты. Один посмотрел на меня так, будто я тут всё {запустила|запустил}."},
    {SPRING, "{Обменяла|Обменял} шесть кустов рассады на банку мёда и обещание помочь с крышей. Курс нынче честный."},
    {SPRING, "Скамейки на набережной покрасили в жёлтый. Табличку забыли. Теперь я немного {солнечная|солнечный}."},
    {SPRING, "Вода дошла до третьей ступеньки. Дед говорит, волноваться начинают с четвёртой. Ходим считать каждый вечер."},
    {SPRING, "Мать-и-мачеха у трамвайного депо. Всё, зиму можно считать закрытой."},
    {SPRING, "Субботник удался: собрали сорок мешков, нашли два самоката и один зуб. Зуб, кажется, лосиный."},
    {SUMMER, "{Переплыла|Переплыл} на тот берег и обратно. Тот берег как наш, только ежевика лучше."},
    {SUMMER, "У четвёртого дома бесплатные кабачки. Пожалуйста. Возьмите хоть один. Возьмите все."},
    {SUMMER, "Было так жарко, что собрание жильцов согласилось со всем за одиннадцать минут. Собираться надо в июле."},
    {SUMMER, "Паром снова ходит до полуночи. Вчера нас было трое, собака и аккордеон."},
    {SUMMER, "Клубника: собрано два килограмма, донесён один. Следствие зашло в тупик."},
    {SUMMER, "Ночью {спала|спал} на балконе. В четыре утра стрижи провели по этому поводу собрание."},
    {SUMMER, "Сегодня кино под открытым небом у старого элеватора. С собой: плед, стул и что-нибудь от комаров. Главное — третье."},
    {SUMMER, "Дети запрудили канаву. Из администрации прислали инженера. Он разулся и стал помогать."},
    {SUMMER, "Весь вечер гремело за островами, а у нас ни капли. Огурцы обиделись."},
    {SUMMER, "На пляже новый спасатель. Бабушки тонут по очереди."},
    {AUTUMN, "{Закатала|Закатал} сорок банок. Если зима окажется короче, приходите в гости."},
    {AUTUMN, "Белые пошли! Место не скажу. Где-то между домом и горизонтом."},
    {AUTUMN, "Первый туман. Трамваи звонят на каждом углу, и слышно, где сейчас весь город."},
    {AUTUMN, "{Выкопала|Выкопал} последнюю морковь. Одна с ногами и стоит так, будто ждёт автобус."},
    {AUTUMN, "Сын о первом школьном дне: «Хомяк новый. О старом ходят легенды»."},
    {AUTUMN, "Осталось два ящика яблок. {Выучила|Выучил} одиннадцать рецептов, нравятся четыре."},
    {AUTUMN, "Два часа {сгребала|сгребал} листья. {Обернулась|Обернулся} — как будто никого и не было."},
    {AUTUMN, "В парке собирают жёлуди для школьных поделок. Белки смотрят и запоминают лица."},
    {WINTER, "Минус двадцать шесть, а хлебный фургон завёлся с первого раза. На Мельничной аплодируют."},
    {WINTER, "Каток на лугу открыли. Коньки напрокат, колени на свой страх и риск."},
    {WINTER, "На льду с шести утра. Итог: одна плотвичка, два хороших разговора, ног не чувствую."},
    {WINTER, "Кто-то расчистил нам дорожку ещё до того, как я {проснулась|проснулся}. Кто бы вы ни были: в девятой квартире пирог."},
    {WINTER, "Соседские дети построили снежную почту. {Получила|Получил} два письма и штраф за парковку санок."},
    {WINTER, "Ёлка на Соборной в этом году кривая. Чем дольше смотрю, тем больше нравится."},
    {WINTER, "За окном белым-бело, а на подоконнике уже стоит перец в стаканчиках. Весна начинается там, где её поливают."},
    {WINTER, "На час отключили свет. Нашлись свечи, карты и то, что мама жульничает."},
    {WINTER, "Валенки — единственная обувь, в которой я {чувствую себя уверенной|чувствую себя уверенным} на переговорах."},
    {COLD, "В трамвае пахнет мокрой шерстью и мандаринами. Значит, пора."},
    {COLD, "{Починила|Починил} печку. Тянет так, что вместе с дымом ушёл вчерашний кроссворд."},
    {WARM, "Бобы — туда, где были бобы, горох — туда, где был горох. Где была морковь, {забыла|забыл}."},
    {WARM, "Каждое утро в семь на наших мостках стоит цапля. Мы здороваемся."},
    {WARM, "До шлюза и обратно на велосипеде. Сорок километров, один прокол, два мороженых. Хороший счёт."},
    {WARM, "Сегодня репетируем на палубе. Когда гудят баржи, тянем ноту и делаем вид, что так и задумано."},
    {GROWING, "Две щуки за утро. Тесть был рядом и всё видел. Это главное."},
    {GROWING, "Пчёлы сегодня не в духе. Я тоже. Договорились о дистанции."},
    {GROWING, "Дождь шёл ровно столько, сколько я {вешала|вешал} бельё. Уважаю точность."},
    {ANY, "Хору нужны басы. Ноты знать необязательно. Нужно не бояться сидеть рядом с Игорем."},
    {ANY, "Выяснилось, что у нашего кота есть вторая семья. Там его зовут Профессор. Про нас он не рассказывал."},
    {ANY, "Родительское собрание. Сказали, что дочь задаёт слишком много вопросов. Я {спросила|спросил}, каких именно."},
    {ANY, "{Собрала|Собрал} велосипед. Один винтик лишний. Хороший винтик, пусть лежит."},
    {ANY, "Шахматный клуб теперь в котельной. Тепло, и кочегар оказался кандидатом в мастера."},
    {ANY, "Новое расписание: пятый трамвай ходит каждые восемь минут, по три сразу."},
    {ANY, "{Слепила|Слепил} пельмени по бабушкиному рецепту. Бабушка попробовала и сказала: «Любопытно». Буду считать похвалой."},
    {ANY, "В мае {отдала|отдал} соседям лестницу. Сегодня вернули, покрашенную. Давайте вещи людям."},
    {ANY, "В подвале музея нашли четвёртую лодку. Искали выключатель."},
    {ANY, "Кто вернул в трамвайный шкаф «Мастера и Маргариту»: внутри билет в оперу, 1987 год. Партер."},
    {ANY, "Ночная смена на насосной. Тихо. Река разговаривает во сне."},
    {ANY, "Сын решил, что станет трамваем. Не водителем. Трамваем."},
    {ANY, "Спасибо мужчине, который бежал за автобусом с моей сумкой. Вы прекрасно бегаете."},
    {ANY, "В лифте бывают три типа людей: кто о погоде, кто на цифры смотрит, и Галина Петровна."},
    {ANY, "У всех часы спешат с тех пор, как включили новую подстанцию, или это я везде {опоздала|опоздал}?"},
    {ANY, "Концерт в субботу в шесть, актовый зал школы № 7. Вторые скрипки выучили. Первые говорят, что тоже."},
    {ANY, "{Испекла|Испёк} хлеб без рецепта. Вышел скорее стройматериал, но утки отнеслись с пониманием."},
    {ANY, "Человек на набережной учил собаку сидеть. Через десять минут сидел человек."},
    {ANY, "В мастерской починили бабушкин приёмник. Ловит ту же станцию. Он всегда ловил одну."},
    {ANY, "Хорошая новость: аптеку на углу оставляют. Плохая: я уже {запаслась|запасся} ромашкой на два года."},
    {ANY, "Сегодня у меня спросили дорогу по карте другого города. Ничего, {довела|довёл}."},
    {ANY, "Если в тридцатом доме в полдень сработает сигнализация, это оладьи. Все живы."},
    {ANY, "Вопрос дня от первого класса: а река знает, что мы на неё смотрим?"},
    {ANY, "{Покрасила|Покрасил} дверь второй раз. Теперь она самая красная на улице. Жду соперников."},
    {ANY, "Пианино на вокзале настроили. Мужчина в спецовке сел между двумя поездами и одиннадцать минут играл Баха."},
    {ANY, "Пять лет, как я в этом городе. {Приехала|Приехал} на месяц, из-за света."},
    {ANY, "Физик зажёг лампочку от лимона. С тех пор у племянника в доме ни одного лимона."},
    {ANY, "{Встретила|Встретил} на рынке своего директора школы. Он по-прежнему сначала смотрит на руки."},
    {ANY, "В депо на дверях список находок за неделю: зонтов одиннадцать, тромбон один, платье свадебное одно."},
    {ANY, "Новая лапшичная у моста: комната маленькая, повар громкий, меню нет. Мне сказали, чего я хочу, и угадали."},
    {ANY, "Сегодня в читальном зале: как в 1911 году колокольню передвинули на сорок метров. Катками, волами и криком."},
    {ANY, "Сосед играет на трубе с пяти до шести. Дошёл до второй половины мелодии. Гордимся всем подъездом."},
    {ANY, "{Написала|Написал} в водоканал про колонку. Ответили за день, от руки, и приложили чертёж. Что за место."},
    {ANY, "Садовое товарищество голосовало за насос. За — девятнадцать, против — восемнадцать, один спал. {Записала|Записал} как воздержавшегося."},
    {ANY, "{Вела|Вёл} вечерний кружок по морским узлам. К девяти получился гамак, и в нём уже кто-то лежал."},
    {ANY, "Уха на восьмерых из одного леща. Такой был лещ."},
    {ANY, "Мама освоила видеосвязь. Теперь я хорошо знаю её потолок."},
    {ANY, "Два часа в очереди в МФЦ: {вышла|вышел} с рецептом сливового варенья и крестником. Долгая история."},
    {ANY, "Наш вратарь — почтальон. Ничего не пропускает и звонит дважды."},
    {ANY, "Над цементным заводом радуга. Старалась, как могла."},
    {ANY, "На рынке рядом стоят тот, кто точит ножи, и та, кто продаёт бинты. Говорят, женаты."},
    {ANY, "{Пробежала|Пробежал} десять километров по бечевнику. Последние два — в основном беседа с собой."},
    {ANY, "Ветеринар сказал, что с козой всё хорошо и чтобы я {перестала|перестал} читать про коз."},
    {ANY, "Ищем второй голос на воскресенье. Платим пирогом."},
    {ANY, "У школы оставили корзину яиц с запиской «учительнице географии». Она растрогана. Ещё она ведёт рисование."},
    {ANY, "Племянница пронумеровала мелом все ступеньки в подъезде. Их сто двенадцать. Я живу на девяносто шестой."},
    {ANY, "У принтера на работе новое сообщение: «Позже»."},
    {ANY, "{Прочитала|Прочитал} лекцию про мхи. Пришли девять человек, трое остались посмотреть слайды ещё раз."},
    {ANY, "Фонари на мосту починили, все, кроме одного. Пусть. Так мы знаем, что мост наш."},
    {ANY, "В тётином буфете нашлись старые снимки переправы. На каждом кто-нибудь показывает пальцем за край фотографии."},
    {ANY, "Поднимали новый колокол. В воздухе он один раз ударил сам, и все сняли шапки."},
    {ANY, "Три дня {не была|не был} дома. Закваска открыла второй филиал."},
    {ANY, "Собака съела список покупок, пришлось покупать то, что помнит она. Сосисок теперь много."},
    {ANY, "Новое правило за столом: кто сказал «я же говорил», моет посуду. Очень тихо."},
    {ANY, "Тому, кто играет на кларнете в двенадцатом доме на четвёртом этаже: медленная вчера была чудесной. Вторая придёт."},
    {ANY, "В субботу открыт клуб моделистов. Они построили весь город, с нашим домом и нашим бельём на верёвке."},
    {ANY, "Спрашивают, чем у нас занимаются в выходные. Присматриваем за вещами. Уходит всё воскресенье."},
    {ANY, "{Помогала|Помогал} на дне донора. Сто сорок человек, печенья хватило до полудня."},
    {ANY, "Пожарные сняли котёнка с дерева. Котёнок залез обратно, чтобы посмотреть, как они уезжают."},
    {ANY, "Ученики переводили стихи о дожде, и шёл дождь. Как учителю мне добавить нечего."},
    {ANY, "Окулист говорит, нужны очки. Это объясняет автобус на Липки."},
    {ANY, "В газете написали про чеснок неправильно. {Отправила|Отправил} им письмо. Вот до чего {дошла|дошёл}."},
    {ANY, "У нижнего шлюза видели тюленя. Это был Николай."},
    {ANY, "В третьем трамвае: «Она не злая, она библиотекарь»."},
    {ANY, "{Повесила|Повесил} полку. Ровно. Проверено водой, шариком и зятем."},
    {ANY, "Новую лодку назвали «Наверное». Хорошее имя: все улыбаются, и никто не спрашивает, быстрая ли."},
    {ANY, "В ночном автобусе поставили печку. Нарочно {проехала|проехал} свою остановку."},
    {ANY, "С барахолки: лампа, два стула и карта города, на которой наша улица — пруд."},
    {ANY, "Всем, кто спрашивал: кашель прошёл, голос вернулся, в пятницу пою. Второй ряд, за высоким."},
    {ANY, "По радио: ветер слабый, юго-западный. Бельё шестого дома на крыше восьмого с этим не согласно."},
    {ANY, "{Начала|Начал} записывать за дедом про паромщиков. Двенадцать страниц, а он дошёл только до завтрака.\n\nЕсли в вашей семье помнят переправу, напишите мне."},
    {ANY, "Чего я не {знала|знал} год назад: как обрезать грушу, что такое подсланевые воды и что соседка снизу — мастер спорта по фехтованию.\n\nЧего не знаю до сих пор: где ключ от погреба."},
    {ANY, "Кондуктор в пятом трамвае вяжет. За маршрут выходит полноска. Если пробка — носок."},
    {ANY, "{Сдала|Сдал} книгу, взятую в девяносто восьмом. Библиотекарь молча показала, на какой странице остановилась очередь."},
};

static const demo_chapter ru_story[] = {
    {45, 20, "В Старом парке правда хотят сделать парковку? {Слышала|Слышал} в парикмахерской, то есть правда хотя бы наполовину."},
    {40, 21, "{Прочитала|Прочитал} проект по Старому парку. Страница 14: «снос 61 липы». Слово «липа» больше нигде не встречается. Слово «парковка» — сорок раз."},
    {35, 18, "Собираем подписи за Старый парк: остановка третьего трамвая, каждый день с четырёх до шести. Приносите ручки, свои мы раздали."},
    {29, 21, "1204 подписи. Самой старшей подписавшейся 97 лет, и она говорит, что под третьей липой слева целовалась."},
    {24, 20, "Были на слушаниях. Сорок человек, каждому по две минуты. Мальчик девяти лет просто пересчитал деревья вслух. Ровно две минуты и вышло."},
    {19, 13, "Кто спрашивает: встреча в Старом парке в субботу согласована. Приходите с детьми и термосами, дорожки не занимаем, мусор уносим с собой."},
    {17, 18, "Нас под липами было человек шестьсот. Хор пел, дежурный полицейский знал второй куплет."},
    {16, 10, "Больше всего в субботу понравилось, как потом свернули плакаты, подмели дорожки, а кто-то повязал шарф самой молодой липе."},
    {9, 21, "Парковку отложили на полгода, деревья осмотрит ещё один специалист. Это не «да». Это «ну, посмотрим». Для нашего города немало."},
    {2, 19, "Друзья Старого парка собираются в среду в семь, библиотека, малый зал. Повестка: экспертиза, скворечники, у кого большой термос."},
};

static const char *const ru_greetings[] = {
    "С днём рождения! Пусть твой трамвай всегда как раз подходит.",
    "С днём рождения! {Оставила|Оставил} тебе кое-что у соседей. Его надо поливать.",
    "С днём рождения! Ещё год, а лестница моя всё у тебя.",
    "Поздравляю! Здоровья, хорошей компании и сухих ног.",
    "С днём рождения от всего второго ряда хора!",
    "С днём рождения! Выглядишь не старше собственного велосипеда.",
    "С праздником! Щуки передают привет и рады, что у тебя выходной.",
    "С днём рождения! Пирог у тебя или у нас? Правильно, и там, и там.",
};

static const char *const ru_notes[] = {
    "Спасибо за вчера. Так {не смеялась|не смеялся} с самой лодки.",
    "Твоя банка пустая. Это намёк.",
    "Твой зонт остался у нас. Он уже освоился.",
    "Снимки с воскресенья удались. На двух у тебя открыты глаза!",
    "Ты придёшь в четверг? Нужен человек, который достаёт до верхней полки.",
    "{Нашла|Нашёл} твой ключ на четырнадцать. Далеко не уходил, лежал в коробке от чайника.",
    "{Видела|Видел} тебя в третьем, {махала|махал} рукой. Ты спишь с очень хорошим лицом.",
    "Рассада принялась! Все двенадцать. Спасибо!",
    "На репетициях тебя не хватает. Тенора начали уплывать.",
    "Твой рецепт получился. Пожарные не понадобились.",
    "Удачи завтра на экзамене! Знаний у тебя больше, чем кажется.",
    "Добро пожаловать в наш дом. Если кран запоёт, постучи по нему два раза.",
};

static const char *const ru_statuses[] = {
    "Мысленно на даче", "Второй ряд, за высоким", "Ищу лестницу", "На рыбалке", "В третьем трамвае", "Читаю в ванной",
    "Варежка нашлась", "Учусь играть на трубе, простите", "Знаю, где белые", "Считаю стрижей", "Я на том берегу",
    "За Старый парк", "Плавать умею, свистеть нет", "Ещё супа", "До десяти не будить", "Чиню то, что не ломалось",
    "Пою за пирог", "В любую погоду, чаще в дождь", "Жду ледохода", "Ещё одна глава, и спать", "Ночные смены до пятницы",
    "Самая красная дверь на улице",
};

static const char *const ru_towns[] = {"Белоборск", "Верхняя Пристань", "Липки", "Старая Гавань", "Каменка", "Кострома", "Рыбинск", "Тарту"};
static const char *const ru_circles[] = {"Семья", "Хор", "Дача", "Работа", "Рыбалка"};
static const char *const ru_requests[] = {
    "Мы сидели рядом на слушаниях, вы одолжили мне ручку.",
    "Здравствуйте, это у меня коза.",
    "Учились вместе в седьмой школе, я сзади {сидела и всё списывала|сидел и всё списывал}.",
    "Из четырнадцатой квартиры. Кажется, у нас общая стена.",
};

static const demo_given ru_given[] = {
    {GENDER_FEMALE, "Анна", "anna"}, {GENDER_FEMALE, "Варвара", "varvara"}, {GENDER_FEMALE, "Вера", "vera"},
    {GENDER_FEMALE, "Галина", "galina"}, {GENDER_FEMALE, "Дарья", "darya"}, {GENDER_FEMALE, "Евгения", "evgeniya"},
    {GENDER_FEMALE, "Елена", "elena"}, {GENDER_FEMALE, "Зоя", "zoya"}, {GENDER_FEMALE, "Ирина", "irina"},
    {GENDER_FEMALE, "Ксения", "kseniya"}, {GENDER_FEMALE, "Лидия", "lidiya"}, {GENDER_FEMALE, "Людмила", "lyudmila"},
    {GENDER_FEMALE, "Марина", "marina"}, {GENDER_FEMALE, "Надежда", "nadezhda"}, {GENDER_FEMALE, "Наталья", "natalya"},
    {GENDER_FEMALE, "Ольга", "olga"}, {GENDER_FEMALE, "Полина", "polina"}, {GENDER_FEMALE, "Светлана", "svetlana"},
    {GENDER_FEMALE, "Татьяна", "tatyana"}, {GENDER_FEMALE, "Юлия", "yuliya"},
    {GENDER_MALE, "Алексей", "aleksey"}, {GENDER_MALE, "Андрей", "andrey"}, {GENDER_MALE, "Борис", "boris"},
    {GENDER_MALE, "Василий", "vasiliy"}, {GENDER_MALE, "Виктор", "viktor"}, {GENDER_MALE, "Глеб", "gleb"},
    {GENDER_MALE, "Дмитрий", "dmitriy"}, {GENDER_MALE, "Егор", "egor"}, {GENDER_MALE, "Иван", "ivan"},
    {GENDER_MALE, "Кирилл", "kirill"}, {GENDER_MALE, "Константин", "konstantin"}, {GENDER_MALE, "Лев", "lev"},
    {GENDER_MALE, "Максим", "maksim"}, {GENDER_MALE, "Михаил", "mikhail"}, {GENDER_MALE, "Николай", "nikolay"},
    {GENDER_MALE, "Павел", "pavel"}, {GENDER_MALE, "Пётр", "petr"}, {GENDER_MALE, "Роман", "roman"},
    {GENDER_MALE, "Сергей", "sergey"}, {GENDER_MALE, "Фёдор", "fedor"},
};

static const demo_family ru_family[] = {
    {"Абрамова", "Абрамов", "abramova", "abramov"}, {"Белова", "Белов", "belova", "belov"},
    {"Богданова", "Богданов", "bogdanova", "bogdanov"}, {"Виноградова", "Виноградов", "vinogradova", "vinogradov"},
    {"Воронина", "Воронин", "voronina", "voronin"}, {"Гаврилова", "Гаврилов", "gavrilova", "gavrilov"},
    {"Голубева", "Голубев", "golubeva", "golubev"}, {"Данилова", "Данилов", "danilova", "danilov"},
    {"Ершова", "Ершов", "ershova", "ershov"}, {"Жукова", "Жуков", "zhukova", "zhukov"},
    {"Зайцева", "Зайцев", "zaytseva", "zaytsev"}, {"Ильина", "Ильин", "ilina", "ilin"},
    {"Калинина", "Калинин", "kalinina", "kalinin"}, {"Карпова", "Карпов", "karpova", "karpov"},
    {"Ковалёва", "Ковалёв", "kovaleva", "kovalev"}, {"Крылова", "Крылов", "krylova", "krylov"},
    {"Кузнецова", "Кузнецов", "kuznetsova", "kuznetsov"}, {"Лебедева", "Лебедев", "lebedeva", "lebedev"},
    {"Липатова", "Липатов", "lipatova", "lipatov"}, {"Мельникова", "Мельников", "melnikova", "melnikov"},
    {"Морозова", "Морозов", "morozova", "morozov"}, {"Никитина", "Никитин", "nikitina", "nikitin"},
    {"Орлова", "Орлов", "orlova", "orlov"}, {"Осипова", "Осипов", "osipova", "osipov"},
    {"Панова", "Панов", "panova", "panov"}, {"Полякова", "Поляков", "polyakova", "polyakov"},
    {"Рыбакова", "Рыбаков", "rybakova", "rybakov"}, {"Савельева", "Савельев", "saveleva", "savelev"},
    {"Соболева", "Соболев", "soboleva", "sobolev"}, {"Соколова", "Соколов", "sokolova", "sokolov"},
    {"Тарасова", "Тарасов", "tarasova", "tarasov"}, {"Тихонова", "Тихонов", "tikhonova", "tikhonov"},
    {"Ушакова", "Ушаков", "ushakova", "ushakov"}, {"Фомина", "Фомин", "fomina", "fomin"},
    {"Цветкова", "Цветков", "tsvetkova", "tsvetkov"}, {"Чернова", "Чернов", "chernova", "chernov"},
    {"Шубина", "Шубин", "shubina", "shubin"}, {"Щербакова", "Щербаков", "shcherbakova", "shcherbakov"},
    {"Юдина", "Юдин", "yudina", "yudin"}, {"Яковлева", "Яковлев", "yakovleva", "yakovlev"},
};

/* ---- both ---- */

#define LIST(language, kind) .kind = language##_##kind, .kind##_len = sizeof language##_##kind / sizeof *language##_##kind
#define WORDS(language)                                                                                                         \
    {                                                                                                                           \
        LIST(language, posts), LIST(language, story), LIST(language, greetings), LIST(language, notes),                          \
            LIST(language, statuses), LIST(language, towns), LIST(language, circles), LIST(language, requests),                  \
            LIST(language, given), LIST(language, family)                                                                        \
    }

const demo_words demo_words_of[LANG_COUNT] = {[LANG_EN] = WORDS(en), [LANG_RU] = WORDS(ru)};

str demo_text_for(arena *a, const char *text, gender author)
{
    out o;
    out_init(&o, 65536);
    str rest = str_of(text);
    while (rest.ptr) {
        out_str(&o, str_cut(&rest, '{'));
        if (!rest.ptr) break;
        str choice = str_cut(&rest, '}'), female = str_cut(&choice, '|');
        out_str(&o, author == GENDER_MALE ? choice : female);
    }
    str made = arena_str(a, out_get(&o));
    out_drop(&o);
    return made;
}
