"""What genres are called and what they belong to: chosen by hand, after the idea of MusicBrainz's list of genres.

A line is `name: parents = other spellings`, and goes on where the next is indented. Case, accents, blanks, hyphens,
`&` and a "music" at the end need no spelling of their own ("Hip-Hop", "hiphop" and "hip hop music" are one already):
what stands here are words that differ.
"""

GENRES = """
rock = modern rock, album rock
alternative: rock = alternativo, alternatif
alternative rock: alternative, rock = alt rock, alternrock
indie: alternative = independent, indy, indies
indie rock: indie, rock
indie pop: indie, pop
indie folk: indie, folk = folk indie
indietronica: indie, electronic = indie electronic, indie electronica, indie electro
britpop: indie rock, pop rock = britrock
madchester: indie rock, dance = baggy
shoegaze: alternative rock, dream pop = shoegazer, shoegazing, nu gaze, newgaze, gaze
dream pop: indie pop, shoegaze, ethereal
noise pop: indie pop, noise rock
noise rock: alternative rock, noise
slowcore: indie rock = sadcore
jangle pop: indie pop = jangle
twee pop: indie pop = twee, c86
lo-fi: indie = low fi, low fidelity
chamber pop: indie pop = baroque pop, orchestral pop
chillwave: indietronica, synth-pop = glo-fi
bedroom pop: indie pop, lo-fi
college rock: alternative rock
post-rock: rock, instrumental
math rock: post-rock, indie rock
grunge: alternative rock, hard rock = seattle sound
post-grunge: grunge, alternative rock
garage rock: rock, punk = garage, garage punk, garage rock revival
surf rock: garage rock, oldies = surf, surf pop
psychedelic: rock = psych, psicodelia, psychedelia
psychedelic rock: psychedelic, rock = psych rock, acid rock, neo-psychedelia, psychedelic pop, neo psychedelic
space rock: psychedelic rock
stoner rock: hard rock, psychedelic rock = stoner, stoner metal, desert rock
krautrock: experimental, psychedelic rock = kosmische, kosmische musik, kraut
progressive rock: rock, progressive = prog rock, prog, symphonic prog, symphonic rock, neo-prog, rock progressivo
progressive: rock
art rock: progressive rock, experimental = art pop
canterbury scene: progressive rock, jazz fusion = canterbury
classic rock: rock
hard rock: rock, classic rock = rock hard
soft rock: pop rock, easy listening = yacht rock, aor, mellow gold, album oriented rock
glam rock: rock = glam
glam metal: hard rock, heavy metal = hair metal, hair band, hair rock, sleaze rock
southern rock: rock, country rock
blues rock: rock, blues
folk rock: rock, folk
country rock: rock, country
roots rock: rock, americana = heartland rock
arena rock: classic rock = stadium rock
pop rock: pop, rock = rock pop
piano rock: pop rock
power pop: pop rock, indie pop
acoustic rock: rock, acoustic
instrumental rock: rock, instrumental = guitar virtuoso, shred
rock and roll: rock, oldies = rock n roll, early rock & roll
rockabilly: rock and roll, country
psychobilly: rockabilly, punk = punkabilly, gothabilly
christian rock: rock, christian
latin rock: rock, latin = rock en espanol, rock latino, rock argentino, rock nacional, mexican rock
brazilian rock: rock, brazilian = rock brasileiro, rock nacional brasil, rock gaucho, rock brasil
russian rock: rock, russian = русский рок
turkish rock: rock, turkish = anadolu rock, anatolian rock
comedy rock: comedy, rock
post-punk: new wave, punk, alternative rock
post-punk revival: post-punk, indie rock = new wave revival
dance-punk: post-punk, dance = disco punk
no wave: post-punk, experimental
new wave: rock, pop, 80s = new wave and eighties
new romantic: new wave, synth-pop = new romantics
gothic rock: post-punk, gothic = goth rock, batcave, deathrock
gothic: rock = goth, gotico, gothique
darkwave: gothic, electronic = ethereal wave, neue deutsche todeskunst
coldwave: post-punk, darkwave = minimal wave
neofolk: folk, darkwave = dark folk, apocalyptic folk, martial, martial industrial
visual kei: rock, japanese = oshare kei
j-rock: rock, japanese = japanese rock, japrock, 邦楽ロック
punk: rock = punks
punk rock: punk, rock = 77 punk, classic punk, uk punk, british punk
pop punk: punk, pop rock = punk pop
skate punk: pop punk, hardcore punk = melodic punk
ska punk: ska, punk = ska-core, third wave ska
hardcore punk: punk = hardcore, hc, hxc, 80s hardcore, nyhc, new york hardcore, straight edge, sxe
melodic hardcore: hardcore punk = melodic hc
crust: hardcore punk, grindcore = crust punk, d-beat, crustcore
street punk: punk = oi!, oi punk
anarcho punk: punk
proto-punk: garage rock, punk
riot grrrl: punk, female vocals = riot girl, riot grrl
folk punk: punk, folk = celtic punk, gypsy punk
emo: punk, alternative rock = emo pop, midwest emo, emo rock
emocore: emo, post-hardcore
screamo: emo, hardcore punk = skramz
post-hardcore: hardcore punk, alternative rock
metalcore: metal, hardcore punk = melodic metalcore
deathcore: metalcore, death metal
mathcore: metalcore, math rock
grindcore: death metal, hardcore punk = grind, goregrind, pornogrind, deathgrind, powerviolence
metal: rock = metall
heavy metal: metal, hard rock = traditional heavy metal, classic metal, nwobhm, new wave of british heavy metal
thrash metal: metal = thrash, trash metal, bay area thrash
speed metal: thrash metal, heavy metal
death metal: metal = old school death metal
melodic death metal: death metal = melodeath, gothenburg metal, melodic death, swedish death metal
technical death metal: death metal, progressive metal = tech death, progressive death metal
brutal death metal: death metal = slam, slamming brutal death metal, brutal metal
black metal: metal = true black metal, norwegian black metal, raw black metal, true norwegian black metal
atmospheric black metal: black metal, atmospheric = ambient black metal, depressive black metal, dsbm, post-black
    metal, blackgaze
symphonic black metal: black metal, symphonic metal = melodic black metal
pagan metal: folk metal, black metal = viking metal, pagan black metal, viking
folk metal: metal, folk = celtic metal
doom metal: metal = doom, funeral doom, death doom, epic doom metal
sludge metal: doom metal, hardcore punk = sludge, sludgecore
drone metal: drone, doom metal = drone doom
post-metal: metal, post-rock = atmospheric sludge
power metal: heavy metal = melodic power metal, epic metal, true power metal
symphonic metal: metal, orchestral = symphonic power metal, opera metal, operatic metal, symphonic gothic metal
gothic metal: metal, gothic = goth metal, female fronted metal, love metal
progressive metal: metal, progressive rock = prog metal, djent, tech metal
avant-garde metal: metal, avant-garde = experimental metal
industrial metal: metal, industrial = neue deutsche harte, ndh, tanz metal
nu metal: alternative metal
alternative metal: metal, alternative rock = alt metal
groove metal: thrash metal = neo-thrash
rapcore: rap rock, nu metal = rap metal
rap rock: hip hop, rock
melodic metal: heavy metal
christian metal: metal, christian
funk metal: metal, funk = funk rock
industrial rock: industrial, rock
pop = top 40, chart pop, pop singles, pop internacional, поп
dance-pop: pop, dance
synth-pop: pop, electronic, new wave = techno-pop, 80s pop, tecnopop
electropop: synth-pop, dance-pop
bubblegum pop: pop = bubblegum
teen pop: dance-pop = boy band, girl group, girl groups, girl band
sophisti-pop: pop, jazz
hyperpop: electropop, experimental = pc music, bubblegum bass, digicore
k-pop: pop, korean = korean pop, 케이팝
j-pop: pop, japanese = japanese pop, anime song, 邦楽
c-pop: pop, chinese = mandopop, cantopop
city pop: j-pop, soft rock
latin pop: pop, latin = pop latino, pop en espanol
euro pop: pop, eurodance = italo pop, eurovision
adult contemporary: pop, soft rock = adult alternative
vocal pop: pop = traditional pop, standards, american songbook, vocal music, crooner
brill building: pop, oldies = girl group sound
schlager: pop, german = volksmusik
chanson: pop, french, singer-songwriter = chanson francaise, variete francaise, french chanson, nouvelle chanson,
    nouvelle chanson francaise
opm: pop, filipino
christian = gospel/christian, ccm, contemporary christian, praise, worship, praise and worship, top christian, jesus
electronic = elektronik, electronique, electronisch, eletronica, electro-acoustic pop
electronica: electronic = elektronika
dance: electronic, pop = dancey, danceable, club, dance and electronica, edm
electro: electronic, dance = elektro, electro house, fidget house
electroclash: electro, electropop = electro punk
eurodance: dance, 90s = eurobeat, hi-nrg, hands up, dance - trance
italo disco: disco, synth-pop = italo, italo dance
new rave: indietronica, dance-punk = nu rave
alternative dance: alternative, dance
big beat: electronic, breakbeat
breakbeat: electronic = breaks, nu skool breaks, breakz
breakcore: idm, drum and bass, hardcore techno = raggacore
house: electronic, dance = haus, vocal house
deep house: house
tech house: house, techno
progressive house: house = prog house
acid house: house = acid
chicago house: house
french house: house, disco, french = french touch, filter house
funky house: house, funk = disco house, nu-disco
tropical house: house = balearic, balearic beat
future house: house = bass house
uk garage: house, breakbeat = 2-step, two step, ukg, speed garage, future garage
techno: electronic = tekno, detroit techno
minimal techno: techno, minimal = minimal house, microhouse
dub techno: techno, dub = deep techno
hardcore techno: techno = gabber, gabba, hardstyle, happy hardcore, speedcore, hard techno, schranz
trance: electronic, dance = uplifting trance, vocal trance
progressive trance: trance = prog trance
psytrance: trance, psychedelic = psychedelic trance, goa, goa trance, psy, full on, progressive psytrance
psybient: ambient, psytrance = psychill, psychedelic ambient, psydub
hard dance: dance, trance = hard trance, hard house, jumpstyle
rave: electronic, dance
drum and bass: electronic = dnb, drum n bass, d&b, liquid funk, neurofunk, darkstep, techstep, liquid drum and bass,
    drum & bass/jungle
jungle: drum and bass
dubstep: electronic, bass music = brostep, post-dubstep, wobble
bass music: electronic = uk bass, future bass
grime: hip hop, uk garage
trap: hip hop, bass music = trap edm
footwork: electronic = juke
ambient: electronic = ambiant, ambience, space music
dark ambient: ambient, dark = isolationism, ritual ambient
drone: ambient, experimental = drone ambient, drones
new age: ambient, relaxing = meditation, healing
downtempo: electronic, chillout = downbeat, chillhop
chillout: electronic, relaxing = chill, chilled, chill zone, just chillin
lounge: chillout, easy listening = launge, exotica, cocktail
trip hop: downtempo, hip hop = bristol sound, light trip-hop
idm: electronic, experimental = intelligent dance music, braindance, drill and bass, intelligent techno
glitch: idm, experimental = glitch hop, clicks and cuts, clicks n cuts
folktronica: folk, electronic
minimal: electronic = minimalistic
synthwave: synth-pop, electronic, 80s = retrowave, outrun, retro electro, dreamwave, darksynth
vaporwave: electronic, experimental = future funk, mallsoft
witch house: electronic, darkwave = anti-witch house, in the witch house family
industrial: electronic, experimental = power electronics, rhythmic noise, power noise
ebm: industrial, electronic = electronic body music, electro-industrial, aggrotech, harsh ebm, dark electro, hellektro
futurepop: ebm, synth-pop
new beat: ebm, house
chiptune: electronic, video game music = 8-bit, chip music, bitpop, nintendocore
leftfield: electronic, experimental
live electronic: electronic, live
experimental = abstract, experimentell, outsider music
avant-garde: experimental
noise: experimental = harsh noise, japanoise
electroacoustic: experimental, classical = musique concrete, acousmatic
sound collage: experimental = plunderphonics, mashup, bootleg
field recordings: experimental = field recording
spoken word = poetry, audiobook, spoken, speech
comedy = humor, humour, parody, funny, novelty, comedia, stand-up
hip hop = rap, hip hop/rap, rap/hip hop, real hip hop, rap & hip hop, rap francais, french rap, french hip-hop, german
    hip-hop, deutschrap, polish hip-hop
underground hip hop: hip hop = underground rap, indie hip hop, independent hip hop
alternative hip hop: hip hop, alternative = alternative rap, abstract hip hop, experimental hip hop
conscious hip hop: hip hop = conscious rap, political hip hop
boom bap: hip hop, 90s = golden age hip hop, old school hip hop, old school rap, east coast rap, east coast hip hop,
    east coast
instrumental hip hop: hip hop, instrumental = beats, turntablism, lo-fi hip hop, lo-fi beats
jazz rap: hip hop, jazz = jazz hop
gangsta rap: hip hop = gangsta, gangster rap, g-funk, west coast rap, west coast hip hop, west coast, hardcore hip hop
southern hip hop: hip hop = dirty south, southern rap, crunk, houston rap, memphis rap
cloud rap: trap, hip hop = emo rap, soundcloud rap, phonk
drill: trap, grime = uk drill
pop rap: hip hop, pop
rnb = r&b, rhythm and blues, contemporary rnb, contemporary r&b, rhythm n blues, urban, urban contemporary, rnb/soul,
    r&b/soul, soul/r&b
alternative rnb: rnb, alternative = pbr&b, indie r&b, alternative r&b
new jack swing: rnb, hip hop
soul: rnb = classic soul, southern soul, motown, deep soul, blue-eyed soul, northern soul, philly soul
neo-soul: soul, rnb = nu soul
funk: soul = funky, p-funk, deep funk
disco: dance, funk = discofox
boogie: disco, funk = post-disco, electro funk
quiet storm: soul, rnb = slow jams
gospel: soul, christian = southern gospel
doo-wop: oldies, soul
jazz = jazzy, джаз
bebop: jazz = hard bop, post-bop, bop
cool jazz: jazz = west coast jazz, modal jazz
swing: jazz, oldies = big band, swing jazz, electro swing
vocal jazz: jazz, vocal pop = jazz vocal, jazz vocals, female jazz, contemporary vocal jazz, jazz singer
smooth jazz: jazz, easy listening = contemporary jazz
jazz fusion: jazz, funk = fusion, jazz-rock, jazz-funk
free jazz: jazz, avant-garde = avant-garde jazz, free improvisation, improvisation, improv
acid jazz: jazz, funk = jazzdance
nu jazz: jazz, downtempo = electro jazz, jazztronica, future jazz
soul jazz: jazz, soul
latin jazz: jazz, latin = afro-cuban jazz
gypsy jazz: jazz, swing = manouche, jazz manouche, django
ragtime: jazz, piano = stride
dixieland: jazz = traditional jazz, trad jazz, new orleans, early jazz
spiritual jazz: jazz
bossa nova: brazilian, jazz = bossa
blues
electric blues: blues = chicago blues, modern electric blues, guitar blues, instrumental blues
delta blues: blues, acoustic = country blues, acoustic blues, piedmont blues, early blues
soul blues: blues, soul
jump blues: blues, swing = boogie-woogie
country = modern country, new country, contemporary country, country & western, country ladies
classic country: country, oldies = traditional country, honky tonk, outlaw country, nashville sound, bakersfield sound
alt-country: country, indie rock = alternative country
americana: country, folk
bluegrass: country, folk = newgrass, progressive bluegrass
country pop: country, pop
western swing: country, swing
folk = folklore, фолк
singer-songwriter: folk, acoustic = songwriter, cantautor, cantautori, liedermacher, songwriters
contemporary folk: folk, singer-songwriter = urban folk
freak folk: folk, psychedelic = psych folk, psychedelic folk, acid folk, new weird america
anti-folk: folk, lo-fi
traditional folk: folk = traditional, trad, folk revival
celtic: folk, irish = celtic folk, irish folk
nordic folk: folk = scandinavian folk, nordic
klezmer: folk = jewish
balkan: world = balkan brass, gypsy, balkan folk
medieval: classical, folk = early music, middle ages, mittelalter, renaissance
sea shanties: traditional folk = shanty, shanties
reggae = raggae
roots reggae: reggae = roots, rasta, rastafari
dub: reggae, electronic = dub reggae
dancehall: reggae = ragga, raggamuffin, bashment
ska: reggae = two tone, 2 tone, ska revival
rocksteady: ska, reggae = early reggae
reggaeton: latin, dancehall = regueton, latin urban, latin trap
classical = classic music, klassik, classique, clasica, classica
baroque: classical = barock
romantic classical: classical = romantic period, romantic era
opera: classical = operatic, aria
choral: classical = choir, a cappella choir
chamber music: classical = string quartet, quartet
contemporary classical: classical, experimental = modern classical, neo-classical, post-classical, 20th century
    classical, minimalism, contemporary composer
orchestral: classical = symphony, symphonic, orchestra
solo piano: classical, piano = piano solo
soundtrack = ost, soundtracks, film soundtrack, original soundtrack, score, film score, movie score, film music, film
    music composer, composer, composers, movie soundtrack, soundtrack composer, films/games
video game music: soundtrack = game music, vgm, video game, video games, game soundtrack, games
anime: soundtrack, japanese = anime ost, anisong
musical: soundtrack, vocal pop = musicals, show tunes, broadway, musical theatre, musical theater
disney: soundtrack
christmas = xmas, holiday, christmas songs, best christmas songs, christmas blend, weihnachten, navidad
children's music = children, kids, lullaby
cabaret: vocal pop = dark cabaret, burlesque
easy listening: pop = light music, middle of the road, muzak, elevator music
oldies = golden oldies, oldie, evergreens
world = worldmusic music, ethnic, world fusion, ethno, weltmusik, musique du monde, worldbeat
latin: world = latino, latina, musica latina
salsa: latin = timba, son, son cubano, mambo
cumbia: latin = chicha, digital cumbia
bachata: latin
merengue: latin
tango: latin = nuevo tango, electrotango, tango nuevo
mariachi: latin = ranchera, rancheras, regional mexican, norteno, banda, corridos
flamenco: spanish, world = nuevo flamenco
fado: portuguese, world
mpb: brazilian = musica popular brasileira, brazilian popular music
samba: brazilian = pagode, samba-rock
tropicalia: brazilian, psychedelic = tropicalismo
forro: brazilian = baiao, sertanejo, axe
baile funk: brazilian, dance = funk carioca, favela funk
afrobeat: african, funk = highlife, afro-funk
afrobeats: african, dance = afropop, amapiano, afro house
desert blues: african, blues = tuareg, mali
soukous: african = rumba congolaise, congo
rai: arabic
qawwali: indian = sufi, ghazal, pakistani
bollywood: indian, soundtrack = filmi, hindi
hawaiian: world = slack key
turkish folk: turkish, folk = turku, ottoman, turk sanat muzigi
instrumental = instrumentals, instrumentale
acoustic = acoustique, unplugged, acustico, akustik
"""
