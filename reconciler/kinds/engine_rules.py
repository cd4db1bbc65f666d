"""The rules that stages of the engine apply by themselves, whatever the kind.

They have no check over a state: matching, reading or comparing finds the case, and takes the words from here.
"""

from __future__ import annotations

from reconciler.kinds.kind import Rule

AMBIGUOUS = Rule(
    id="ambiguous",
    title="A name that several live objects share",
    what="A manifest names a pool or an object, and more than one live object has that name.",
    why="Cognito's names are not unique, and a guess could change the wrong object. Nothing is written.",
    source=("decision 12", "cognito.md 8.1"),
    advice="Pin the intended one: `id:` for a pool, ClientId for an app client.",
)

MISSING = Rule(
    id="missing",
    title="A pinned object that does not exist",
    what="A manifest pins a pool or an object by an id that no live object has.",
    why="The manifest may target the wrong account or Region, so poolctl creates no object in its place.",
    source=("decision 12", "decision 20"),
    advice="Check account, Region and id, or remove the id to create a new object.",
)

IMMUTABLE = Rule(
    id="immutable",
    title="A member that cannot be changed",
    what="A manifest changes a member of a live object that Cognito can set only once.",
    why="Cognito would refuse or ignore the change, and re-creating the object would lose its contents. A pool is "
    "never re-created, because its users would be lost.",
    source=("decision 4", "cognito.md 0.6"),
    advice="Declare the live value, or follow the advice of the refusal. Objects other than pools can be re-created "
    "with --allow-replace KIND/NAME.",
)

NOT_REMOVABLE = Rule(
    id="not-removable",
    title="A member that cannot be unset",
    what="A manifest sets a member of a live object to null, and Cognito cannot unset that member.",
    why="Cognito would keep the value or apply its own, and still report success.",
    source=("decision 23", "cognito.md 0.2"),
    advice="Declare a value, or omit the member to keep the live one.",
)

LEAVING = Rule(
    id="leaving",
    title="An object that is being deleted",
    what="A manifest declares an object that the service is still deleting.",
    why="The object cannot be changed or re-created until the deletion completes, which may take hours.",
    source=("cognito.md 1.1",),
    advice="Wait until the deletion completes, then plan again to re-create the object.",
)

REQUIRED = Rule(
    id="required",
    title="A member that the API requires",
    what="A call needs a member that is neither declared nor live.",
    why="Cognito would refuse the call with InvalidParameterException, and by then other changes may have been made.",
    source=("decision 6",),
    advice="Add it to the manifest.",
)

ORDER = Rule(
    id="order",
    title="A change that no order of writes can carry out",
    what="A pool and its MFA settings change together, and Cognito would refuse whichever of the two is written first.",
    why="They are two calls. Each is checked against what the other one left, and the state in between breaks a rule "
    "in both orders.",
    source=("decision 7", "cognito.md 15.2"),
    advice="Apply it in two steps: first without one of the changes that the refusal names, then all of it.",
)

UNDELETABLE = Rule(
    id="undeletable",
    title="An object that cannot be deleted in its current state",
    what="A plan deletes an object that the service refuses to delete in its current state.",
    why="Cognito would refuse the delete.",
    source=("decision 5", "cognito.md 1.1"),
    advice="First apply the change that the refusal names, then delete the object.",
)

PROTECTED = Rule(
    id="protected",
    title="A protected object that would be deleted, replaced or reset",
    what="An object is covered by `protect` of its manifest, or contains one that is, and --allow-replace, --target "
    "with --prune, or null for the whole of it asks to delete, replace or reset it.",
    why="The key `protect` exists so that no option and no other line of a manifest can take the object away.",
    source=("decision 5",),
    advice="Remove the entry of `protect` if the object may go, or do not ask for it.",
)

THRESHOLD = Rule(
    id="threshold",
    title="A plan that deletes many objects",
    what="With --prune, a plan deletes at least 3 objects of a section and more than 30 % of them, or more than "
    "--max-deletes allows.",
    why="The section may have been emptied by mistake, and deleted objects cannot be restored.",
    source=("decision 5",),
    advice="To confirm the deletions, pass --max-deletes N.",
)

UNSEEN = Rule(
    id="unseen",
    title="A pool that drift could not compare",
    what="One manifest of a drift run cannot be compared, because of its target or its references.",
    why="The other pools are compared, but the run fails, because drift in this pool is unknown.",
    source=("decision 10",),
    advice="Correct the manifest. The other pools of the run were compared.",
)

OUTPUT = Rule(
    id="output",
    title="An output that cannot be made or written",
    what="The key `outputs` of a manifest asks for a configuration that its format cannot describe, or for a place "
    "where it cannot be written: a client with a secret in a format for browsers, a link that leads out of the tree, "
    "two outputs in one place.",
    why="Outputs are written last, when the pools are changed already. What would fail then is found before.",
    source=("decision 6",),
    advice="Choose another client or format, or name another place.",
)

UNMADE = Rule(
    id="no-pool",
    title="A part whose pool does not exist",
    what="The parts that were loaded do not declare the name of the pool, and the pool does not exist.",
    why="Only the part that declares the name makes the pool, because much of a pool can only be set when it is made.",
    source=("decision 47",),
    advice="Apply the part that makes the pool first, or load it together with this one.",
)

NO_OWNER = Rule(
    id="no-object",
    title="Items of an object that does not exist",
    what="A part declares items of a list ($include, $exclude) and nothing else of the object, which does not exist.",
    why="The part that declares the object makes it; with the items alone it would be made with Cognito's defaults.",
    source=("decision 47",),
    advice="Apply the part that declares the object first, or load it together with this one.",
)

UNKNOWN_PARTS = Rule(
    id="missing-parts",
    title="A deletion for which all parts of a pool are needed",
    what="With --prune, undeclared objects are deleted, and it is not known that all parts of the pool are loaded.",
    why="What the loaded parts do not declare may belong to another part.",
    source=("decision 47", "decision 5"),
    advice="List the parts with `parts` in one of them, and load all of them; or leave out --prune.",
)

FULL = Rule(
    id="full",
    title="A list that would have more items than it can have",
    what="A manifest adds items to a list ($include), and with the live items of others there would be too many.",
    why="Cognito would refuse the write, and poolctl removes no item of others to make room.",
    source=("decision 46", "cognito.md 5"),
    advice="Remove items that are no longer needed, from $include or from the live object.",
)

UNSET_LIST = Rule(
    id="unset-list",
    title="Single items of a list that is unset",
    what="A manifest declares single items of a live list ($include, $exclude) that is not set, and the service takes "
    "an unset list for one of its own choice.",
    why="With one item the list would be set, and all that the service has chosen be gone. An excluded item may be "
    "among them, although the list does not show it.",
    source=("decision 46", "cognito.md 2.3"),
    advice="Write the whole list once and apply it; then declare single items.",
)

RULES = (
    AMBIGUOUS,
    MISSING,
    IMMUTABLE,
    NOT_REMOVABLE,
    LEAVING,
    REQUIRED,
    ORDER,
    UNDELETABLE,
    PROTECTED,
    THRESHOLD,
    UNSEEN,
    OUTPUT,
    UNMADE,
    NO_OWNER,
    UNKNOWN_PARTS,
    FULL,
    UNSET_LIST,
)
