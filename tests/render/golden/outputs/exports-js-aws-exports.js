const awsmobile = {
  "aws_project_region": "eu-west-1",
  "aws_cognito_region": "eu-west-1",
  "aws_user_pools_id": "eu-west-1_Example01",
  "aws_user_pools_web_client_id": "exampleclient",
  "aws_cognito_identity_pool_id": "eu-west-1:00000000-0000-4000-8000-000000000003",
  "aws_cognito_username_attributes": [
    "EMAIL"
  ],
  "aws_cognito_signup_attributes": [
    "EMAIL"
  ],
  "aws_cognito_verification_mechanisms": [
    "EMAIL"
  ],
  "aws_cognito_mfa_configuration": "ON",
  "aws_cognito_mfa_types": [
    "SMS",
    "TOTP"
  ],
  "aws_cognito_password_protection_settings": {
    "passwordPolicyMinLength": 14,
    "passwordPolicyCharacters": [
      "REQUIRES_NUMBERS"
    ]
  },
  "aws_cognito_social_providers": [
    "GOOGLE",
    "APPLE"
  ],
  "oauth": {
    "domain": "acme.auth.eu-west-1.amazoncognito.com",
    "scope": [
      "openid",
      "email",
      "orders/read"
    ],
    "redirectSignIn": "https://app.example.com/callback,http://localhost:3000/,myapp://callback/",
    "redirectSignOut": "http://localhost:3000/,https://app.example.com/bye?a=1&b=2",
    "responseType": "code"
  }
};

export default awsmobile;
