const amplifyConfig = r'''{
  "version": "1.5",
  "auth": {
    "aws_region": "eu-west-1",
    "user_pool_id": "eu-west-1_Example01",
    "user_pool_client_id": "exampleclient",
    "identity_pool_id": "eu-west-1:00000000-0000-4000-8000-000000000003",
    "unauthenticated_identities_enabled": true,
    "password_policy": {
      "min_length": 14,
      "require_numbers": true,
      "require_lowercase": false,
      "require_uppercase": false,
      "require_symbols": false
    },
    "standard_required_attributes": [
      "email"
    ],
    "username_attributes": [
      "email"
    ],
    "user_verification_types": [
      "email"
    ],
    "mfa_configuration": "REQUIRED",
    "mfa_methods": [
      "SMS",
      "TOTP",
      "EMAIL"
    ],
    "groups": [
      {
        "admins": {
          "precedence": 0
        }
      },
      {
        "readers": {}
      }
    ],
    "oauth": {
      "identity_providers": [
        "GOOGLE",
        "SIGN_IN_WITH_APPLE"
      ],
      "domain": "acme.auth.eu-west-1.amazoncognito.com",
      "scopes": [
        "openid",
        "email",
        "orders/read"
      ],
      "redirect_sign_in_uri": [
        "https://app.example.com/callback",
        "http://localhost:3000/",
        "myapp://callback/"
      ],
      "redirect_sign_out_uri": [
        "http://localhost:3000/",
        "https://app.example.com/bye?a=1&b=2"
      ],
      "response_type": "code"
    },
    "passwordless": {
      "email_otp_enabled": true,
      "sms_otp_enabled": false,
      "web_authn": {
        "relying_party_id": "example.com",
        "user_verification": "preferred"
      }
    }
  },
  "custom": {
    "auth": {
      "issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01",
      "identity_providers": [
        "entra",
        "okta"
      ]
    }
  }
}''';
