"""Which attributes and scopes give rights by their names, and which only look like it."""

from __future__ import annotations

import pytest

from reconciler.security.catalogue.privileged_names import is_broad, is_privileged, words


@pytest.mark.parametrize(
    "name",
    [
        *(
            "role",
            "roles",
            "user_role",
            "userRole",
            "UserRole",
            "app-role",
            "admin",
            "is_admin",
            "isAdmin",
            "superuser",
        ),
        *(
            "tenant",
            "tenant_id",
            "tenantId",
            "org",
            "org_id",
            "organization",
            "plan",
            "plan_id",
            "billing_plan",
            "tier",
        ),
        *("group", "groups", "user_groups", "permission", "permissions", "privileges", "entitlements", "scopes"),
        *("is_staff", "is_premium", "is_verified", "access_level", "subscription_tier", "account_plan", "group2"),
    ],
)
def test_a_name_about_rights(name):
    assert is_privileged(f"custom:{name}")
    assert is_privileged(f"dev:custom:{name}")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "payroll",
            "enrolled",
            "parole",
            "administered",
            "badminton",
            "organic",
            "organ_donor",
            "planet",
            "tiers_lieu",
        ),
        *("age_group", "blood_group", "floor_plan", "meal_plan", "level", "user_level", "is_vegetarian", "is_student"),
        *(
            "island",
            "department",
            "employee_number",
            "newsletter",
            "loyalty_points",
            "nickname",
            "tenancy_date",
            "grouping",
        ),
    ],
)
def test_a_name_that_only_looks_like_it(name):
    assert not is_privileged(f"custom:{name}")


@pytest.mark.parametrize("name", ["profile", "email", "role", "admin", "zoneinfo"])
def test_a_standard_attribute_gives_none(name):
    assert not is_privileged(name)


def test_what_the_manifest_names_gives_rights():
    named = frozenset({"custom:cost_centre", "profile"})
    assert is_privileged("custom:cost_centre", named)
    assert is_privileged("profile", named)
    assert is_privileged("custom:role", named)
    assert not is_privileged("custom:cost_center", named)


@pytest.mark.parametrize("scope", ["*", "orders/*", "orders/admin", "orders/full_access", "https://api.example/manage"])
def test_a_broad_scope(scope):
    assert is_broad(scope)


@pytest.mark.parametrize("scope", ["openid", "orders/read", "admin/read", "orders/management.read", "orders/fulfil"])
def test_a_narrow_scope(scope):
    assert not is_broad(scope)


def test_words():
    assert words("userRole") == words("user_role") == words("user-role") == words("User.Role") == ["user", "role"]
    assert words("orgID2") == ["org", "id"]
