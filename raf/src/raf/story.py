# ruff: noqa: E501  (texts are kept whole)
"""Who lives in the demonstration, and a week of what they said."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    username: str
    display_name: str
    language: str
    note: str
    fields: tuple[tuple[str, str], ...] = ()
    bot: bool = False
    locked: bool = False


class Said(NamedTuple):
    """`key` names a post for others to reply to; `liked` and `boosted` are by whom."""

    key: str
    by: str
    text: str
    to: str = ""
    warning: str = ""
    visibility: str = "public"
    picture: str = ""
    liked: str = ""
    boosted: str = ""
    pinned: bool = False


PEOPLE = (
    Person(
        "marina",
        "Марина Волнова",
        "ru",
        "Бариста на причале. Раф на сое и кокосе варю с 2015 года, и до сих пор не надоело. #кофе #остров",
        (("Причал", "третий от маяка"), ("Открыто", "с рассвета до шторма")),
    ),
    Person(
        "oliver",
        "Oliver Reed",
        "en",
        "Keeper of the lighthouse and of one grumpy cat. Mostly weather, sometimes poetry.",
        (("Cat", "Admiral"), ("Height", "38 m above the sea")),
    ),
    Person("timur", "Тимур", "ru", "Пишу на Python, когда нет ветра. Когда ветер есть, хожу под парусом. #python"),
    Person(
        "ines", "Inês Costa", "en", "Ceramics: cups, saucers, and the occasional gull. Fired on the island, shipped slowly."
    ),
    Person("gleb", "Глеб Синицын", "ru", "Вожу паром «Чайка». Расписание условное, погода настоящая."),
    Person(
        "yuki",
        "Yuki",
        "en",
        "Photographs of fog. Analogue, patient, usually damp.",
        (("Camera", "older than me"), ("Prints", "https://example.org/fog")),
    ),
    Person("sofya", "Софья Лаврова", "ru", "Библиотекарь. Выдаю книги, принимаю книги, шёпотом спорю о запятых.", locked=True),
    Person("pekka", "Pekka Salmi", "en", "Bakes. Kardemummabullar on Thursdays. I answer messages while the dough rests."),
    Person("arina", "Арина", "ru", "Изучаю птиц. Если кричит чайка, это не я (но это не точно). #птицы"),
    Person("weather", "Погода острова", "ru", "Бот: ветер, волна и видимость каждые шесть часов.", bot=True),
)
STORY = (
    Said("open", "marina", "Открыли террасу! Первые три рафа на кокосовом уже у рыбаков, четвёртый жду я сама. #кофе #раф",
         liked="oliver timur ines gleb yuki pekka arina", boosted="timur pekka", pinned=True),
    Said("wind", "weather", "Утро: северо-западный 4 м/с, волна 0,3 м, видимость отличная. #погода", liked="gleb"),
    Said("sail", "timur", "Ветра хватит ровно на один круг вокруг маяка. Кто со мной после обеда?", liked="marina gleb"),
    Said("sail2", "gleb", "@timur только не под мой паром, пожалуйста. Я в 14:10 отхожу, плюс-минус вечность.", "sail",
         liked="timur marina arina oliver"),
    Said("sail3", "timur", "@gleb договорились: я обхожу тебя, ты обходишь расписание.", "sail2", liked="gleb marina sofya"),
    Said("light", "oliver", "Changed the bulb today. 112 steps up, 112 steps down, and the Admiral watched from the window with "
         "the face of someone who knew it was the fuse all along. #lighthouse",
         liked="ines yuki pekka marina timur", boosted="yuki ines"),
    Said("cups", "ines", "New glaze is out of the kiln. I was aiming for “sea at six in the morning” and got “sea at ten past "
         "six”. Keeping it. #ceramics", picture="3", liked="yuki oliver marina pekka sofya", boosted="marina oliver"),
    Said("cups2", "marina", "@ines I need twelve of these for the terrace. And one for me that nobody else may touch.", "cups",
         liked="ines"),
    Said("cups3", "ines", "@marina twelve by Friday, and yours will have a gull on the bottom, so you know when it is empty.",
         "cups2", liked="marina arina oliver"),
    Said("fog", "yuki", "Four rolls of fog. The fifth one was the harbour, by mistake. #fog", picture="6",
         liked="oliver ines arina", boosted="oliver arina"),
    Said("buns", "pekka", "Thursday. You know what that means. Cardamom is in the dough and the queue is allowed to form from "
         "seven. #baking", liked="oliver ines yuki marina gleb timur", boosted="marina"),
    Said("buns2", "oliver", "@pekka save one for a cat. He will deny everything.", "buns", liked="pekka yuki"),
    Said("book", "sofya", "Вернули книгу, которую взяли в 1998 году. Внутри билет на паром и засушенная лаванда. Штраф простила, "
         "билет отдала @gleb, лаванду оставила библиотеке.",
         liked="marina timur gleb arina oliver ines", boosted="gleb marina arina", pinned=True),
    Said("book2", "gleb", "@sofya билет до сих пор действителен. Паром тот же, рейс тот же, опоздание то же.", "book",
         liked="sofya timur marina arina"),
    Said("gull", "arina", "Сегодня на косе: 41 серебристая чайка, 7 куликов-сорок и один человек, который пытался накормить их "
         "круассаном. Не надо так. #птицы #остров", liked="sofya marina yuki", boosted="sofya"),
    Said("gull2", "pekka", "@arina it was a butter croissant, if that changes anything.", "gull", liked="arina oliver"),
    Said("code", "timur", "Переписал расписание парома на Python: теперь оно честно отвечает «когда-нибудь». #python",
         liked="gleb marina sofya oliver", boosted="gleb"),
    Said("tide", "weather", "Вечер: ветер меняется на юго-западный, 9 м/с, волна 1,1 м. Привяжите что хотите сохранить. #погода",
         liked="timur gleb oliver", boosted="gleb oliver"),
    Said("plot", "yuki", "The keeper did it, with the foghorn, and the cat knew.", warning="Ending of the island film night",
         liked="oliver ines"),
    Said("storm", "oliver", "Storm light on, kettle on, Admiral under the bed. If you can see this post, you are not at sea, and "
         "that is good. #weather", liked="marina gleb ines pekka timur sofya arina yuki", boosted="gleb marina timur sofya"),
    Said("storm2", "gleb", "@oliver «Чайка» у причала, две верёвки, один капитан, полный термос. Спасибо за свет.", "storm",
         liked="oliver marina sofya"),
    Said("storm3", "marina", "Кто застрял на причале, заходите: печка горит, раф в долг. Secret word is “cinnamon”.", "storm",
         liked="oliver gleb timur ines yuki pekka arina", boosted="oliver pekka"),
    Said("after", "arina", "После шторма на берегу нашла синее стекло, буй из соседней страны и очень обиженного краба. #остров",
         picture="1", liked="yuki ines marina sofya timur", boosted="yuki"),
    Said("quiet", "ines", "Everything smells of seaweed and fresh bread this morning. I could get used to the day after.",
         liked="pekka oliver yuki"),
    Said("read", "sofya", "В субботу читаем вслух: по-русски до чая, in English after. Место у окна занято котом. @oliver предупреди "
         "Адмирала. #книги", liked="oliver marina arina timur ines", boosted="oliver arina marina"),
    Said("read2", "oliver", "@sofya he has been informed and has chosen the poem himself.", "read", liked="sofya arina ines"),
    Said("raf", "marina", "Спрашивают рецепт. Эспрессо, соевое молоко, кокосовые сливки, ваниль, щепотка соли с моря. Взбивать, пока "
         "не станет тихо. #раф #кофе", picture="5", liked="timur sofya arina gleb oliver pekka ines yuki", boosted="timur arina ines"),
    Said("raf2", "pekka", "@marina a pinch of sea salt! That is what mine was missing. That, and the sea.", "raf",
         liked="marina oliver"),
    Said("night", "yuki", "Long exposure, eleven minutes. The line is the ferry, the dot is the captain, deciding. #fog",
         liked="gleb oliver ines marina", boosted="gleb"),
    Said("calm", "weather", "Утро: штиль, видимость отличная, кофе горячий. #погода", liked="marina timur gleb sofya arina",
         boosted="marina"),
)  # fmt: skip
