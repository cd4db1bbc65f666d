#!/usr/bin/env bash
#
# cfn-lint fails the template that protects a pool by half and passes the two that delete it with its users.
#
# Package         cfn-lint 1.58.0
# One expects     that a linter complains most about the template in which nothing keeps a user pool, and less the more
#                 of it is protected.
# What it does    DeletionPolicy: Retain alone gets W3011 and exit code 4. No policy at all, which means Delete, gets no
#                 finding and exit code 0; so does Delete written out. The rule for the silent template exists (I3011,
#                 and it counts user pools as stateful), but it is informational and off unless asked for.
# Seen            in 1.58.0, run here with its default configuration.
# Why it matters  In CI, adding Retain to a pool turns the build red, and taking it out again turns it green. The
#                 resource is the one object of a stack that cannot be made again: passwords of users do not export.
# poolctl         never deletes a pool (decision 5), whatever a manifest no longer says. Before a pool leaves a stack
#                 for a manifest, it needs both policies; cfn-lint --include-checks I3011 finds the silent template.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check cfn-lint==1.58.0

template() {
    printf 'Resources:\n  Pool:\n    Type: AWS::Cognito::UserPool\n' > "$1.yaml"
    printf '    %s\n' "${@:2}" "Properties: {UserPoolName: shop}" >> "$1.yaml"
}
template retain-half "DeletionPolicy: Retain"
template nothing
template delete "DeletionPolicy: Delete" "UpdateReplacePolicy: Delete"
template retain-both "DeletionPolicy: Retain" "UpdateReplacePolicy: Retain"

lint() {
    env -i PATH="$PATH" HOME="$work" venv/bin/cfn-lint --format parseable "$@"
}
half=0
lint retain-half.yaml > half.out || half=$?
echo "DeletionPolicy: Retain alone: exit code $half $(cut -d: -f6- half.out)"
others=0
lint nothing.yaml delete.yaml retain-both.yaml > others.out || others=$?
echo "no policy; both Delete; both Retain: exit code $others $(cut -d: -f6- others.out)"
asked=0
lint --include-checks I3011 -- nothing.yaml || asked=$?
if [ "$half $others" != "4 0" ] || [ "$asked" = 0 ]; then
    echo "NOT AS STATED ANY MORE: exit codes $half (half), $others (others), $asked (with I3011)" >&2
    exit 1
fi
echo "AS STATED: half of the protection fails, none passes"
