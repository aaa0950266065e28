"""`Raf`: the one face of the network that the API and the pages use. `raf = application.part(open_raf)`.

Notes for its users:

- `NewAccount` is `raf.identity.registration.NewAccount`; `sign_up` and `log_in` delegate to `raf.identity`.
- Ids are ints, in entities they are strings. Errors are those of `raf.errors`: each has `.status` and `.error`.
- Lists whose order is not that of their items' own ids (followers, favourites, bookmarks) come as `Listing(items, older,
  newer)`: `older` is the `max_id` of the next page, `newer` the `min_id` of the previous one.
- `documents(ids, viewer_id)` checks what the viewer may see and leaves the rest out; `viewer_id=None` is an anonymous
  reader, whose documents lack `favourited` and the like, as Mastodon's do.
- A boost is a status with an id of its own and no text; liking or boosting it means the post it holds.
- Live updates: `with await raf.live(account_id, ("user",)) as mailbox: for message in await mailbox.take(30): …`, see
  `raf.live`. A message's body is `{"event": "update" | "status.update" | "delete" | "notification", "id": "…"}`;
  `streamed(id)` is the document to send to all who got the message.
- Notifications are written by tasks (queue `notifications`): they exist once a worker, or `ostrov.run_tasks`, ran.
"""

from __future__ import annotations

from raf.forms import MediaChange, NewPost, PostChange, ProfileChange
from raf.identity.registration import NewAccount
from raf.network.raf import Raf, open_raf
from raf.paging import Listing, Paging

__all__ = ["Listing", "MediaChange", "NewAccount", "NewPost", "Paging", "PostChange", "ProfileChange", "Raf", "open_raf"]
