"""The rules that stages of the engine apply by themselves, whatever the kind.

They have no check over a state: matching, reading or comparing finds the case, and takes the words from here.
"""

from __future__ import annotations

from reconciler.kinds.kind import Rule

AMBIGUOUS = Rule(
    id="ambiguous",
    title="A name that several live objects have",
    what="A manifest names a pool or an object, and more than one live object has that name.",
    why="Cognito's names are not unique, and a guess could change the wrong object. Nothing is written.",
    source=("decision 12", "cognito.md 8.1"),
    advice="Pin the one that is meant: `id:` for a pool, ClientId for an app client.",
)

MISSING = Rule(
    id="missing",
    title="A pinned object that does not exist",
    what="A manifest gives the id of a pool or an object, and there is none with that id.",
    why="A manifest that is applied to the wrong account or Region looks like this, so nothing is made in its place.",
    source=("decision 12", "decision 20"),
    advice="Check account, Region and id, or remove the id to have a new one made.",
)

IMMUTABLE = Rule(
    id="immutable",
    title="A member that cannot be changed",
    what="A manifest declares another value for a member of a live object that Cognito can set only once.",
    why="Cognito would refuse the change or ignore it, and making the object anew would lose what is in it. A pool is "
    "never made anew, because its users would be lost.",
    source=("decision 4", "cognito.md 0.6"),
    advice="Declare the live value, or follow what the refusal says about the member. Objects other than pools can be "
    "deleted and made again with --allow-replace KIND/NAME.",
)

NOT_REMOVABLE = Rule(
    id="not-removable",
    title="A member that cannot be unset",
    what="A manifest sets a member of a live object to null that Cognito has no way to unset.",
    why="Cognito would keep the value or fill in one of its own, and answer with success.",
    source=("decision 23", "cognito.md 0.2"),
    advice="Declare a value, or leave the member out to keep the live one.",
)

LEAVING = Rule(
    id="leaving",
    title="An object that is being deleted",
    what="A manifest declares an object that the service is still deleting.",
    why="It can be neither changed nor made until it is gone, which may take hours.",
    source=("cognito.md 1.1",),
    advice="Wait until it is gone, then plan again to have it made anew.",
)

REQUIRED = Rule(
    id="required",
    title="A member that the API requires",
    what="A call needs a member that is neither declared nor live.",
    why="Cognito would refuse the call with InvalidParameterException, and by then other changes may have been made.",
    source=("decision 6",),
    advice="Add it to the manifest.",
)

UNDELETABLE = Rule(
    id="undeletable",
    title="An object that cannot be deleted as it is",
    what="A plan deletes an object that the service does not delete in its present state.",
    why="Cognito would refuse the delete.",
    source=("decision 5", "cognito.md 1.1"),
    advice="First bring it into a state in which it can be deleted, as the refusal says, and apply that.",
)

THRESHOLD = Rule(
    id="threshold",
    title="A plan that deletes many objects",
    what="With --prune, a plan deletes at least 3 objects of a section and more than 30 % of them, or more than "
    "--max-deletes allows.",
    why="A section that was emptied by mistake looks like this, and what is deleted cannot be brought back.",
    source=("decision 5",),
    advice="If that is meant, allow it with --max-deletes N.",
)

UNSEEN = Rule(
    id="unseen",
    title="A pool that drift could not compare",
    what="One manifest of a drift run cannot be compared, because of its target or its references.",
    why="The other pools are compared, and the run fails: no drift was seen is not the same as no drift.",
    source=("decision 10",),
    advice="Correct it; the other pools of the run were looked at.",
)

RULES = (AMBIGUOUS, MISSING, IMMUTABLE, NOT_REMOVABLE, LEAVING, REQUIRED, UNDELETABLE, THRESHOLD, UNSEEN)
