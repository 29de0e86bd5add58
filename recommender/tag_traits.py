"""What tags say beside the genre: mood, voice, instrument, place and time; and what they say of nothing but a person.

The lines are as in `recommender.tag_table`.
"""

MOODS = """
happy = feel good, joyful, cheerful, uplifting
fun: happy = party, funny songs, good mood, gute laune
sad = melancholic, melancholy, melancholia, depressive, depressing, sadness, sad songs, miserable, heartbroke,
    heartbreak
mellow: relaxing = calm, soft, quiet, soothing, smooth, gentle, peaceful, slow
relaxing = relax, relaxed, relaxation, sleep
romantic = romance, love songs, love song, ballads, ballad, slow songs
dreamy = dream, dreamlike
ethereal: dreamy, atmospheric = heavenly, heavenly voices
atmospheric = atmosphere, hypnotic
dark = darkness, gloomy, sombre, creepy, haunting, spooky
aggressive = angry, anger, rage
heavy
energetic = energy, upbeat, high energy, driving, workout, gym, running
epic = majestic, bombastic
melodic = melody, melodies, melodious
catchy = oh so catchy, singalong, hooks, infectious
groovy = groove, grooves
sexy = sensual, seductive, sensuality
nostalgic = nostalgia, memories
emotional = emotion, moving, touching, poignant, bittersweet
beautiful = beauty, pretty, gorgeous, breathtaking
weird = strange, bizarre, quirky
eclectic
raw
spiritual = religious, devotional, mantra
political = protest, protest song, anarchist, revolutionary, antifa
summer = summertime, beach, sunny, sunshine
winter = snow
rain = rainy, rainy day
night = late night, nocturnal, nighttime
halloween = horror
"""

VOICES = """
female vocals = female vocalists, female vocalist, female vocal, female voices, female voice, female, female singer,
    female singers, diva, divas, female fronted, female artists, voz feminina, women in music
male vocals = male vocalists, male vocalist, male vocal, male, male voices, male singer
duet = duets, collaboration
a cappella = acapella, beatbox
piano = klavier, keyboard, keyboards, pianist
guitar = guitarra, guitars, guitarist, guitar solo, guitar gods, electric guitar
acoustic guitar: guitar, acoustic = fingerstyle, fingerpicking, classical guitar
bass
drums = drum, percussion, drumming
synth = synthesizer, synths, moog, analog synth
saxophone = sax
trumpet
violin = fiddle, strings, viola
cello = cellist
harp
accordion
flute
ukulele
banjo
harmonica
organ
sitar: indian
whistling
handclaps
harmonies = vocal harmonies, harmony, vocal harmony
growl = growls, growling, guttural
scream = screaming, screams
sample = samples, sampling
remix = remixes, remixed, mixes
cover = covers, cover songs, cover version, cover band, tribute, pop covers
live = live album, live recording, concert
demo = demos
"""

PLACES = """
british = uk, english, england, britain, united kingdom, great britain, british artists, london, manchester, liverpool
scottish: british = scotland, glasgow
welsh: british = wales
irish = ireland
american = usa, us, united states, america, california, new york, nyc, seattle, texas, los angeles, chicago, boston,
    detroit, brooklyn, nashville, new jersey, florida, san francisco
canadian = canada, toronto, montreal, quebec, i am canadian
australian = australia, melbourne, sydney, aussie
new zealand = nz, kiwi
german = germany, deutsch, deutschland, berlin, german lyrics, deutsche musik
austrian = austria, vienna
swiss = switzerland
french = france, francais, francophone, paris, musique francaise
belgian = belgium
dutch = netherlands, holland, nederlands, nederlandstalig
scandinavian
swedish: scandinavian = sweden, svenska, svenskt, stockholm
norwegian: scandinavian = norway, norsk
danish: scandinavian = denmark, dansk
finnish = finland, suomi, suomirock
icelandic = iceland
italian = italy, italia, italiano, italiana, musica italiana
spanish = spain, espana, espanol, en espanol
catalan = catalunya
portuguese = portugal
greek = greece, ellinika, hellenic
turkish = turkey, turkce, turkiye
polish = poland, polska, polskie, polski
czech = czech republic
hungarian = hungary, magyar
romanian = romania
bulgarian = bulgaria
serbian = serbia, yugoslav, ex-yu, yugoslavia, croatian, bosnian, croatia
russian = russia, russkoe, русское, русский, na russkom
ukrainian = ukraine, українське
israeli = israel, hebrew
arabic = arab, arabian, egypt, egyptian, lebanese, middle eastern, nasheed
persian = iran, iranian, farsi
indian = india
japanese = japan, nihon, 日本, 日本語, tokyo
korean = korea, south korea, 한국
chinese = china, mandarin, cantonese, taiwanese, hong kong
asian = asia
indonesian = indonesia
filipino = philippines, pinoy
african = africa, south african, south africa, nigerian, senegal
jamaican = jamaica, kingston
caribbean = trinidad, calypso, soca
cuban: latin = cuba
brazilian = brazil, brasil, brasileira, brasileiro, musica brasileira, rio grande do sul
mexican: latin = mexico, hecho en mexico
argentine: latin = argentina, argentinian
colombian: latin = colombia
chilean: latin = chile
"""

TIMES = """
50s: oldies = fifties, 1950s
60s: oldies = sixties, 1960s, british invasion, swinging sixties, mod, beat
70s = seventies, 1970s
80s = eighties, 1980s, best songs of the 80s, best of the 80s
90s = nineties, 1990s, best songs of the 90s
00s = 2000s, noughties, best songs of the 00s
10s = 2010s
20s = 2020s
"""

# Tags that are these words, or begin or end with one of the phrases below, speak of a person.
NOISE = """
seen live, live seen, want to see live, favorites, favourites, favorite, favourite, fav, favs, faves, fave, favoritas,
preferidas, awesome, amazing, love, loved, love it, lovely, great, good, best, the best, nice, cool, perfect,
brilliant, excellent, fantastic, wonderful, genius, superb, incredible, special, sweet, cute, hot, sick, dope, tight,
ill, phat, lol, wtf, omg, meh, ok, yes, no, check, check out, to check, wishlist, wish list, to buy, to listen,
listen, albums i own, own it, vinyl, mp3, cd, album, albums, artist, artists, single, singles, song, songs, track,
tracks, music, musica, musik, musique, band, bands, spotify, lastfm, last fm, pandora, youtube, itunes, soundcloud,
bandcamp, deezer, fip, radio, triple j, oui fm, my music, playlist, mix, test, other, misc, unknown, various, various
artists, fixme, todo, tag, tags, tagme, untagged, mistagged track, genre, all, everything, random, stuff, new, old,
real, crap, shit, boring, overrated, underrated, hit, hits, legend, legends, guilty pleasure, guilty pleasures,
addictive, hate, dislike, bad, worst, inlove, memorable, me, mine, my, people, person, friends, group, name, title,
english language, non-music, special purpose artist, popular, classic
"""

NOISE_BEGINS = """
my, i, ive, im, best, favorite, favourite, fav, fave, seen, want, songs, tracks, albums, artists, music, better than,
listened, listening, check, great, awesome, love, wonderful, all, top, other, just, this, these, what, when, where,
why, how, who, if, to, for, not, the best, the good, the greatest, good, most, play, in my, makes me, made me,
fucking, bi daha, recos, recommended, discovered, in love, gave, first, 100, 500, 1001
"""

NOISE_ENDS = """
favorites, favourites, favs, faves, fav, playlist, shit, artists, bands, taste, ever, mix, blend, me, my, you,
soundtracks, collection, list, friends, i own, own, live shows, luv, world, fm, spotify, to me, favorite, radio
"""

# Words that stand in titles and messages of any kind of music.
COMMON = """
the and for you your that this with from feat remix remaster remastered version edit mix live album deluxe edition
original single bonus track tracks volume vol part explicit soundtrack official video audio lyrics song songs music
love like was not are but have all just its one can out don get got who how now here they them she her his him our has
had when where why too very really dont cant thats und der die das les des que los las por
"""
