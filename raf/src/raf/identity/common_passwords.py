"""Passwords and words that attackers try first, of Russian keyboards too: what the lists of `zxcvbn` are joined by."""

from __future__ import annotations

WORDS = """
00000000 0123456789 01234567 0987654321 09876543 11111111 1111111111 111222333 11223344 1122334455 12121212 123123123
123123123123 12312312 123321123 12341234 1234512345 12345678 123456781 123456789 1234567890 12345678910 1234567891 123456789a
123456789q 12345679 12345abc 1234abcd 1234qwer 12344321 123454321 123456123 123456654321 123654789 123698745 12qwaszx 13131313
147258369 1473692580 147852369 1478963250 159357456 159753456 1a2b3c4d 1password 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz
1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20202020 22222222 23456789 246813579 31415926 33333333 44444444 55555555 66666666 69696969
741852963 77777777 789456123 78945612 87654321 88888888 963852741 987654321 9876543210 98765432 99999999 a1234567 a12345678
a123456789 aa123456 aa12345678 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh abcdefg1 abcdefghi access14 adgjmptw admin123
admin1234 administrator adminadmin alexander alexandra amsterdam anthony1 arsenal1 asd12345 asdasdasd asdf1234 asdfasdf
asdfghjk asdfghjkl asdfjkl1 babygirl babygirl1 backspace barcelona baseball baseball1 basketball batman123 benjamin bigdaddy
billybob blink182 bluebird bonjour1 brooklyn business butterfly california camaro69 carolina celtic1888 changeme changeme1
charlie1 charlotte cheese12 chelsea1 chocolate christian christine christopher cocacola coconut1 computer computer1 cookie123
corvette creative crystal1 dallas123 danielle december diamond1 dolphins dragon12 dragon123 elephant elizabeth emmanuel
facebook facebook1 familia1 family123 fernando fktrcfylh florence flower123 football football1 forever1 forever21 freedom1
fuckyou1 fyfcnfcbz garfield gateway1 gfhjkm123 ghbdtnbr ghjcnjnfr giovanni godzilla goodluck guitar123 hallo123 hannah123
happy123 harley12 hello123 hellohello helloworld hernandez homepage hunter12 iloveyou iloveyou1 iloveyou2 internet internet1
isabella ivanov123 jackson5 jasmine1 jennifer jennifer1 jessica1 jonathan jordan23 jordan123 justin123 katerina klapaucius
kristina krasotka lakers24 lasvegas leonardo letmein1 letmein123 liverpool liverpool1 lovelove loveme123 lovely123 mainuser
manchester margarita marina123 marlboro marseille master12 matthew1 maverick maximilian mercedes metallica michael1 michelle
michelle1 microsoft midnight minecraft monkey12 monkey123 moonlight mother123 motorola mustang1 myspace1 natalie1 nathalie
naruto123 newcastle newpassword nicholas nicole123 nightmare nintendo november ohshit00 overlord p@ssw0rd p@ssword pa$$w0rd
pa55word pass1234 passport passw0rd password password! password01 password1 password1! password12 password123 password1234
password2 password123! patricia peaches1 penelope pervert1 playstation pokemon1 pokemon123 portugal princess princess1
privet123 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123 qazwsxedc qazxswedc qq123456 qwaszx12 qwe12345 qweasd123 qweasdzxc
qweqweqwe qwer1234 qwerqwer qwert123 qwert12345 qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty1!
qwertyui qwertyuiop qwertyuiop123 rafraf123 rainbow1 rangers1 realmadrid rockstar rosebud1 samantha samsung1 samuel123
santiago scarface scooter1 sebastian secret123 september serenity sergey123 shadow12 shadow123 simpsons skywalker slipknot
snickers snowball soccer12 softball spiderman spongebob starwars stephanie summer12 sunflower sunshine sunshine1 superman
superman1 superstar svetlana sweetheart swordfish tarheels tatiana1 test1234 testtest thailand thunder1 tigger12 tinkerbell
titanic1 trustno1 turtle123 undertaker valentina valentine vfhbyf123 victoria vladimir volleyball warcraft warrior1 welcome1
welcome123 westside whatever william1 winner123 wolverine woodland xxxxxxxx yankees1 yfnfif123 yourmama zaq12wsx zaq1zaq1
zaqwsxcde zvezda123 zxc12345 zxcasdqwe zxcv1234 zxcvbnm1 zxcvbnm123 zxcvzxcv 12345йцук йцукен12 йцукен123 йцукенгш йцукенгшщ
йцукенгшщз йцукенгшщзхъ пароль12 пароль123 пароль1234 паролль1 парольпароль привет12 привет123 приветпривет любимая1 любовь123
наташа123 пароль привет любовь наташа марина светлана йцукен йцуке фыва фывапро ячсмить россия спартак зенит максим андрей
солнышко фывапролд фывапролджэ ячсмить1 черепаха
"""
COMMON = frozenset(WORDS.split())
