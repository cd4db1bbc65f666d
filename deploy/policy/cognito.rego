# What a reviewer would ask of every plan of user pools, for OPA and conftest:
#
#   poolctl plan -o json=plan.json pools/
#   conftest test --policy deploy/policy --data deploy/policy/data.yaml plan.json
#
# It reads the JSON plan, whose members docs/schema/plan.schema.json describes. Copy it, and change it to your rules.
package main

import rego.v1

# An object appears or disappears as a whole, or one of its members changes.
effects contains {"address": resource.address, "path": "", "effect": resource.effect} if {
	some resource in input.resource_changes
	resource.effect != null
}

effects contains {"address": resource.address, "path": field.path, "effect": effect} if {
	some resource in input.resource_changes
	some field in resource.fields
	some effect in field.effects
}

alarming contains found if {
	some found in effects
	found.effect.direction in {"weakens", "mixed"}
}

# A plan that could not read everything proves nothing.
deny contains "The plan is not complete: something could not be read." if not input.complete

deny contains msg if {
	some found in alarming
	found.effect.risk == "critical"
	msg := sprintf("%s: %s", [place(found), found.effect.sentence])
}

deny contains msg if {
	some found in effects
	not found.effect.impact.reversible
	not found.effect.risk == "low"
	msg := sprintf("%s cannot be undone: %s", [place(found), found.effect.impact.undo])
}

# Clients, providers and domains are not deleted by a pull request alone.
deny contains msg if {
	some resource in input.resource_changes
	"delete" in resource.change.actions
	resource.type in {"UserPoolClient", "UserPoolIdentityProvider", "UserPoolDomain"}
	msg := sprintf("%s would be deleted.", [resource.address])
}

# Codes and tokens are sent only to hosts that are known.
deny contains msg if {
	some resource in input.resource_changes
	resource.type == "UserPoolClient"
	some url in object.get(object.get(resource.change, "after", {}), "CallbackURLs", [])
	not url in object.get(object.get(resource.change, "before", {}), "CallbackURLs", [])
	not host(url) in data.redirect_hosts
	msg := sprintf("%s: %s is on a host that data.yaml does not name.", [resource.address, url])
}

warn contains msg if {
	some found in alarming
	found.effect.risk != "critical"
	msg := sprintf("%s: %s", [place(found), found.effect.sentence])
}

warn contains msg if {
	input.summary.undeclared_weak > 0
	msg := sprintf("%d live settings that no manifest declares are weak.", [input.summary.undeclared_weak])
}

place(found) := found.address if found.path == ""

place(found) := sprintf("%s %s", [found.address, found.path]) if found.path != ""

host(url) := split(split(url, "://")[1], "/")[0]
