"""The endpoints of Mastodon 4.4 that a client may count on (docs.joinmastodon.org/methods), with scopes and entity of each.

A row is: method, path, scopes of which one is enough, entity. Scopes: `-` none needed, `?` a token is welcome and not needed,
`token` any token. `[X]` is a list of X, `{}` an empty object.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from raf.mastodon import openapi
from raf.mastodon.routes import HANDLERS

DOCUMENT = openapi.document(openapi.endpoints(HANDLERS), "http://raf.test")
TABLE = """
POST   /api/v1/apps                                    -                                Application
GET    /api/v1/apps/verify_credentials                 token                            Application
GET    /oauth/authorize                                -                                html
POST   /oauth/token                                    -                                Token
POST   /oauth/revoke                                   -                                {}
GET    /oauth/userinfo                                 profile,read:accounts            UserInfo
GET    /.well-known/oauth-authorization-server         -                                AuthorizationServer
POST   /api/v1/accounts                                write:accounts                   Token
GET    /api/v1/accounts                                ?read:accounts                   [Account]
GET    /api/v1/accounts/verify_credentials             read:accounts,profile            CredentialAccount
PATCH  /api/v1/accounts/update_credentials             write:accounts                   CredentialAccount
GET    /api/v1/accounts/lookup                         -                                Account
GET    /api/v1/accounts/search                         read:accounts,read:search        [Account]
GET    /api/v1/accounts/relationships                  read:follows                     [Relationship]
GET    /api/v1/accounts/familiar_followers             read:follows                     [FamiliarFollowers]
GET    /api/v1/accounts/{}                             ?read:accounts                   Account
GET    /api/v1/accounts/{}/statuses                    ?read:statuses                   [Status]
GET    /api/v1/accounts/{}/followers                   ?read:accounts                   [Account]
GET    /api/v1/accounts/{}/following                   ?read:accounts                   [Account]
GET    /api/v1/accounts/{}/featured_tags               ?read:accounts                   [FeaturedTagEntity]
GET    /api/v1/accounts/{}/endorsements                ?read:accounts                   [Account]
GET    /api/v1/accounts/{}/lists                       read:lists                       [ListEntity]
POST   /api/v1/accounts/{}/follow                      write:follows                    Relationship
POST   /api/v1/accounts/{}/unfollow                    write:follows                    Relationship
POST   /api/v1/accounts/{}/remove_from_followers       write:follows                    Relationship
POST   /api/v1/accounts/{}/block                       write:blocks                     Relationship
POST   /api/v1/accounts/{}/unblock                     write:blocks                     Relationship
POST   /api/v1/accounts/{}/mute                        write:mutes                      Relationship
POST   /api/v1/accounts/{}/unmute                      write:mutes                      Relationship
POST   /api/v1/accounts/{}/endorse                     write:accounts                   Relationship
POST   /api/v1/accounts/{}/unendorse                   write:accounts                   Relationship
POST   /api/v1/accounts/{}/pin                         write:accounts                   Relationship
POST   /api/v1/accounts/{}/unpin                       write:accounts                   Relationship
POST   /api/v1/accounts/{}/note                        write:accounts                   Relationship
DELETE /api/v1/profile/avatar                          write:accounts                   CredentialAccount
DELETE /api/v1/profile/header                          write:accounts                   CredentialAccount
GET    /api/v1/preferences                             read:accounts                    Preferences
GET    /api/v1/bookmarks                               read:bookmarks                   [Status]
GET    /api/v1/favourites                              read:favourites                  [Status]
GET    /api/v1/mutes                                   read:mutes                       [MutedAccount]
GET    /api/v1/blocks                                  read:blocks                      [Account]
GET    /api/v1/domain_blocks                           read:blocks                      [string]
POST   /api/v1/domain_blocks                           write:blocks                     {}
DELETE /api/v1/domain_blocks                           write:blocks                     {}
GET    /api/v1/follow_requests                         read:follows                     [Account]
POST   /api/v1/follow_requests/{}/authorize            write:follows                    Relationship
POST   /api/v1/follow_requests/{}/reject               write:follows                    Relationship
GET    /api/v1/endorsements                            read:accounts                    [Account]
GET    /api/v1/featured_tags                           read:accounts                    [FeaturedTagEntity]
POST   /api/v1/featured_tags                           write:accounts                   FeaturedTagEntity
DELETE /api/v1/featured_tags/{}                        write:accounts                   {}
GET    /api/v1/featured_tags/suggestions               read:accounts                    [Tag]
GET    /api/v1/followed_tags                           read:follows                     [Tag]
GET    /api/v1/tags/{}                                 ?read:statuses                   Tag
POST   /api/v1/tags/{}/follow                          write:follows,write              Tag
POST   /api/v1/tags/{}/unfollow                        write:follows,write              Tag
POST   /api/v1/tags/{}/feature                         write:accounts                   Tag
POST   /api/v1/tags/{}/unfeature                       write:accounts                   Tag
GET    /api/v1/suggestions                             read:accounts                    [Account]
GET    /api/v2/suggestions                             read:accounts                    [Suggestion]
DELETE /api/v1/suggestions/{}                          write:accounts                   {}
GET    /api/v1/directory                               ?                                [Account]
POST   /api/v1/reports                                 write:reports                    Report
POST   /api/v1/statuses                                write:statuses                   Status|ScheduledStatus
GET    /api/v1/statuses                                ?read:statuses                   [Status]
GET    /api/v1/statuses/{}                             ?read:statuses                   Status
PUT    /api/v1/statuses/{}                             write:statuses                   Status
DELETE /api/v1/statuses/{}                             write:statuses                   DeletedStatus
GET    /api/v1/statuses/{}/context                     ?read:statuses                   Context
GET    /api/v1/statuses/{}/history                     ?read:statuses                   [StatusEdit]
GET    /api/v1/statuses/{}/source                      read:statuses                    StatusSource
GET    /api/v1/statuses/{}/favourited_by               ?read:accounts                   [Account]
GET    /api/v1/statuses/{}/reblogged_by                ?read:accounts                   [Account]
POST   /api/v1/statuses/{}/favourite                   write:favourites                 Status
POST   /api/v1/statuses/{}/unfavourite                 write:favourites                 Status
POST   /api/v1/statuses/{}/reblog                      write:statuses                   Status
POST   /api/v1/statuses/{}/unreblog                    write:statuses                   Status
POST   /api/v1/statuses/{}/bookmark                    write:bookmarks                  Status
POST   /api/v1/statuses/{}/unbookmark                  write:bookmarks                  Status
POST   /api/v1/statuses/{}/mute                        write:mutes                      Status
POST   /api/v1/statuses/{}/unmute                      write:mutes                      Status
POST   /api/v1/statuses/{}/pin                         write:accounts                   Status
POST   /api/v1/statuses/{}/unpin                       write:accounts                   Status
GET    /api/v1/statuses/{}/quotes                      ?read:statuses                   [Status]
POST   /api/v1/statuses/{}/quotes/{}/revoke            write:statuses                   Status
PUT    /api/v1/statuses/{}/interaction_policy          write:statuses                   Status
POST   /api/v1/media                                   write:media                      MediaAttachment
POST   /api/v2/media                                   write:media                      MediaAttachment
GET    /api/v1/media/{}                                write:media                      MediaAttachment
PUT    /api/v1/media/{}                                write:media                      MediaAttachment
DELETE /api/v1/media/{}                                write:media                      {}
GET    /api/v1/polls/{}                                ?read:statuses                   Poll
POST   /api/v1/polls/{}/votes                          write:statuses                   Poll
GET    /api/v1/scheduled_statuses                      read:statuses                    [ScheduledStatus]
GET    /api/v1/scheduled_statuses/{}                   read:statuses                    ScheduledStatus
PUT    /api/v1/scheduled_statuses/{}                   write:statuses                   ScheduledStatus
DELETE /api/v1/scheduled_statuses/{}                   write:statuses                   {}
GET    /api/v1/timelines/home                          read,read:statuses               [Status]
GET    /api/v1/timelines/public                        ?read,read:statuses              [Status]
GET    /api/v1/timelines/tag/{}                        ?read:statuses                   [Status]
GET    /api/v1/timelines/link                          ?read:statuses                   [Status]
GET    /api/v1/timelines/list/{}                       read:lists                       [Status]
GET    /api/v1/conversations                           read:statuses                    [Conversation]
POST   /api/v1/conversations/{}/read                   write:conversations              Conversation
POST   /api/v1/conversations/{}/unread                 write:conversations              Conversation
DELETE /api/v1/conversations/{}                        write:conversations              {}
GET    /api/v1/lists                                   read:lists                       [ListEntity]
POST   /api/v1/lists                                   write:lists                      ListEntity
GET    /api/v1/lists/{}                                read:lists                       ListEntity
PUT    /api/v1/lists/{}                                write:lists                      ListEntity
DELETE /api/v1/lists/{}                                write:lists                      {}
GET    /api/v1/lists/{}/accounts                       read:lists                       [Account]
POST   /api/v1/lists/{}/accounts                       write:lists                      {}
DELETE /api/v1/lists/{}/accounts                       write:lists                      {}
GET    /api/v1/markers                                 read:statuses                    map
POST   /api/v1/markers                                 write:statuses                   map
GET    /api/v2/filters                                 read:filters                     [WholeFilter]
POST   /api/v2/filters                                 write:filters                    WholeFilter
GET    /api/v2/filters/{}                              read:filters                     WholeFilter
PUT    /api/v2/filters/{}                              write:filters                    WholeFilter
DELETE /api/v2/filters/{}                              write:filters                    {}
GET    /api/v2/filters/{}/keywords                     read:filters                     [KeywordEntity]
POST   /api/v2/filters/{}/keywords                     write:filters                    KeywordEntity
GET    /api/v2/filters/keywords/{}                     read:filters                     KeywordEntity
PUT    /api/v2/filters/keywords/{}                     write:filters                    KeywordEntity
DELETE /api/v2/filters/keywords/{}                     write:filters                    {}
GET    /api/v2/filters/{}/statuses                     read:filters                     [PostEntity]
POST   /api/v2/filters/{}/statuses                     write:filters                    PostEntity
GET    /api/v2/filters/statuses/{}                     read:filters                     PostEntity
DELETE /api/v2/filters/statuses/{}                     write:filters                    {}
GET    /api/v1/filters                                 read:filters                     [FilterV1]
POST   /api/v1/filters                                 write:filters                    FilterV1
GET    /api/v1/filters/{}                              read:filters                     FilterV1
PUT    /api/v1/filters/{}                              write:filters                    FilterV1
DELETE /api/v1/filters/{}                              write:filters                    {}
GET    /api/v1/notifications                           read:notifications               [Notification]
GET    /api/v1/notifications/{}                        read:notifications               Notification
POST   /api/v1/notifications/clear                     write:notifications              {}
POST   /api/v1/notifications/{}/dismiss                write:notifications              {}
GET    /api/v1/notifications/unread_count              read:notifications               Count
GET    /api/v2/notifications                           read:notifications               GroupedNotifications
GET    /api/v2/notifications/{}                        read:notifications               GroupedNotifications
POST   /api/v2/notifications/{}/dismiss                write:notifications              {}
GET    /api/v2/notifications/{}/accounts               read:notifications               [Account]
GET    /api/v2/notifications/unread_count              read:notifications               Count
GET    /api/v2/notifications/policy                    read:notifications               NotificationPolicy
PATCH  /api/v2/notifications/policy                    write:notifications              NotificationPolicy
GET    /api/v1/notifications/policy                    read:notifications               NotificationPolicyV1
PATCH  /api/v1/notifications/policy                    write:notifications              NotificationPolicyV1
GET    /api/v1/notifications/requests                  read:notifications               [NotificationRequest]
GET    /api/v1/notifications/requests/{}               read:notifications               NotificationRequest
POST   /api/v1/notifications/requests/{}/accept        write:notifications              {}
POST   /api/v1/notifications/requests/{}/dismiss       write:notifications              {}
POST   /api/v1/notifications/requests/accept           write:notifications              {}
POST   /api/v1/notifications/requests/dismiss          write:notifications              {}
GET    /api/v1/notifications/requests/merged           read:notifications               Merged
POST   /api/v1/push/subscription                       push                             WebPushSubscription
GET    /api/v1/push/subscription                       push                             WebPushSubscription
PUT    /api/v1/push/subscription                       push                             WebPushSubscription
DELETE /api/v1/push/subscription                       push                             {}
GET    /api/v2/search                                  ?read:search                     Search
GET    /api/v2/instance                                -                                Instance
GET    /api/v1/instance                                -                                InstanceV1
GET    /api/v1/instance/peers                          -                                [string]
GET    /api/v1/instance/activity                       -                                [InstanceActivity]
GET    /api/v1/instance/rules                          -                                [Rule]
GET    /api/v1/instance/domain_blocks                  -                                [PublishedBlock]
GET    /api/v1/instance/extended_description           -                                InstanceText
GET    /api/v1/instance/privacy_policy                 -                                InstanceText
GET    /api/v1/instance/terms_of_service               -                                TermsOfService
GET    /api/v1/instance/terms_of_service/{}            -                                TermsOfService
GET    /api/v1/instance/translation_languages          -                                map
GET    /api/v1/instance/languages                      -                                [Language]
GET    /api/v1/trends/tags                             ?                                [Tag]
GET    /api/v1/trends/statuses                         ?                                [Status]
GET    /api/v1/trends/links                            ?                                [TrendsLink]
GET    /api/v1/custom_emojis                           -                                [CustomEmoji]
GET    /api/v1/announcements                           read,read:accounts,read:statuses [Announcement]
POST   /api/v1/announcements/{}/dismiss                write,write:accounts             {}
PUT    /api/v1/announcements/{}/reactions/{}           write,write:accounts,write:favourites {}
DELETE /api/v1/announcements/{}/reactions/{}           write,write:accounts,write:favourites {}
GET    /api/v1/streaming/health                        -                                text
GET    /api/v1/streaming/user                          read:statuses                    stream
GET    /api/v1/streaming/user/notification             read:notifications               stream
GET    /api/v1/streaming/public                        ?                                stream
GET    /api/v1/streaming/public/local                  ?                                stream
GET    /api/v1/streaming/public/remote                 ?                                stream
GET    /api/v1/streaming/hashtag                       ?                                stream
GET    /api/v1/streaming/hashtag/local                 ?                                stream
GET    /api/v1/streaming/list                          read:lists                       stream
GET    /api/v1/streaming/direct                        read:statuses                    stream
GET    /api/v1/admin/accounts                          admin:read,admin:read:accounts   [AdminAccount]
GET    /api/v2/admin/accounts                          admin:read,admin:read:accounts   [AdminAccount]
GET    /api/v1/admin/accounts/{}                       admin:read,admin:read:accounts   AdminAccount
DELETE /api/v1/admin/accounts/{}                       admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/action                admin:write,admin:write:accounts {}
POST   /api/v1/admin/accounts/{}/approve               admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/reject                admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/enable                admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/unsilence             admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/unsuspend             admin:write,admin:write:accounts AdminAccount
POST   /api/v1/admin/accounts/{}/unsensitive           admin:write,admin:write:accounts AdminAccount
GET    /api/v1/admin/reports                           admin:read,admin:read:reports    [AdminReport]
GET    /api/v1/admin/reports/{}                        admin:read,admin:read:reports    AdminReport
PUT    /api/v1/admin/reports/{}                        admin:write,admin:write:reports  AdminReport
POST   /api/v1/admin/reports/{}/assign_to_self         admin:write,admin:write:reports  AdminReport
POST   /api/v1/admin/reports/{}/unassign               admin:write,admin:write:reports  AdminReport
POST   /api/v1/admin/reports/{}/resolve                admin:write,admin:write:reports  AdminReport
POST   /api/v1/admin/reports/{}/reopen                 admin:write,admin:write:reports  AdminReport
GET    /api/v1/admin/domain_blocks                     admin:read,admin:read:domain_blocks   [DomainBlock]
POST   /api/v1/admin/domain_blocks                     admin:write,admin:write:domain_blocks DomainBlock
GET    /api/v1/admin/domain_blocks/{}                  admin:read,admin:read:domain_blocks   DomainBlock
PUT    /api/v1/admin/domain_blocks/{}                  admin:write,admin:write:domain_blocks DomainBlock
DELETE /api/v1/admin/domain_blocks/{}                  admin:write,admin:write:domain_blocks {}
"""
LINKED = (
    *("/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/{}", "/api/v1/timelines/list/{}"),
    *("/api/v1/accounts/{}/statuses", "/api/v1/accounts/{}/followers", "/api/v1/accounts/{}/following", "/api/v1/favourites"),
    *("/api/v1/bookmarks", "/api/v1/blocks", "/api/v1/mutes", "/api/v1/domain_blocks", "/api/v1/follow_requests"),
    *(
        "/api/v1/followed_tags",
        "/api/v1/endorsements",
        "/api/v1/notifications",
        "/api/v2/notifications",
        "/api/v1/conversations",
    ),
    *("/api/v1/statuses/{}/favourited_by", "/api/v1/statuses/{}/reblogged_by", "/api/v1/scheduled_statuses"),
    *("/api/v1/lists/{}/accounts", "/api/v1/notifications/requests", "/api/v1/admin/accounts", "/api/v1/admin/reports"),
)
"""Lists whose pages are linked to each other."""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]
KINDS = {"text/html": "html", "text/event-stream": "stream", "text/plain": "text"}


def known() -> dict[tuple[str, str], Any]:
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)): told
        for path, methods in DOCUMENT["paths"].items()
        for method, told in methods.items()
    }


KNOWN = known()


def scopes(told: Any) -> str:
    security = told["security"]
    if not security:
        return "-"
    found = ",".join(scope for one in security for scope in one.get("token", ()))
    return f"?{found}" if {} in security else found or "token"


def entity(told: Any) -> str:
    ((kind, content),) = told["responses"]["200"]["content"].items()
    return KINDS.get(kind) or named(content["schema"])


def named(schema: Any) -> str:
    if "$ref" in schema:
        name: str = schema["$ref"].rpartition("/")[2]
        return "{}" if name == "Nothing" else name
    if "anyOf" in schema:
        return "|".join(named(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"[{named(schema['items'])}]"
    return "map" if schema["type"] == "object" else str(schema["type"])


@pytest.mark.parametrize(("method", "path", "wanted", "gives"), ROWS, ids=lambda word: word)
def test_an_endpoint_is_there_with_its_scopes_and_its_entity(method: str, path: str, wanted: str, gives: str) -> None:
    told = KNOWN[method, path]
    assert scopes(told) == wanted
    assert entity(told) == gives


@pytest.mark.parametrize("path", LINKED)
def test_a_list_has_pages(path: str) -> None:
    told = KNOWN["GET", path]
    assert {"max_id", "since_id", "min_id", "limit"} <= {one["name"] for one in told["parameters"]}
    assert "Link" in told["responses"]["200"]["headers"]


def test_the_limit_of_requests_is_told_with_every_answer_of_the_api() -> None:
    for (_, path), told in KNOWN.items():
        if path.startswith("/api/") and "text/event-stream" not in told["responses"]["200"]["content"]:
            assert openapi.LIMITS[0] in told["responses"]["200"]["headers"], path
