"""Members that null cannot reset while everything else is set, by the rules that say so.

Written down after looking at each: what a structure of the API requires, what a rule of the service needs beside other
members that are set, and what Cognito offers no way to unset.
"""

from __future__ import annotations

RESET_REFUSED: dict[str, tuple[str, ...]] = {}
ALONE_REFUSED: dict[str, tuple[str, ...]] = {}
"""Members that cannot be set alone on a bare pool, by the rules that say so."""
RESET_REFUSED |= dict.fromkeys(
    [
        "clients.AllowedOAuthFlows",
        "clients.AllowedOAuthScopes",
    ],
    ("C1",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "clients.CallbackURLs",
    ],
    ("C2", "C9"),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "identity_providers.ProviderDetails.MetadataFile",
        "identity_providers.ProviderDetails.MetadataURL",
    ],
    ("O10",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "identity_providers.ProviderDetails.attributes_request_method",
        "identity_providers.ProviderDetails.authorize_scopes",
        "identity_providers.ProviderDetails.client_id",
        "identity_providers.ProviderDetails.client_secret",
        "identity_providers.ProviderDetails.key_id",
        "identity_providers.ProviderDetails.oidc_issuer",
        "identity_providers.ProviderDetails.team_id",
    ],
    ("O8",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "user_pool.AutoVerifiedAttributes",
    ],
    ("P11",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "user_pool.EmailConfiguration.SourceArn",
    ],
    ("P14",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "user_pool.LambdaConfig.KMSKeyID",
    ],
    ("P21",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "user_pool.KeyConfiguration.KmsKeyArn",
    ],
    ("P35",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "clients.AccessTokenValidity",
        "clients.ClientName",
        "clients.IdTokenValidity",
        "clients.branding.Settings",
        "groups.Precedence",
        "groups.RoleArn",
        "mfa.SmsMfaConfiguration.SmsConfiguration.SnsRegion",
        "user_pool.DcrConfiguration.AllowedScopes",
        "user_pool.PoolName",
        "user_pool.SmsConfiguration.SnsRegion",
    ],
    ("not-removable",),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "clients.cimd_policies.URLPatterns",
        "limits.RequestedLimitValue",
        "resource_servers.Name",
    ],
    ("not-removable", "required"),
)
RESET_REFUSED |= dict.fromkeys(
    [
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.SourceArn",
        "clients.risk_configuration.CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        "domains.CustomDomainConfig.CertificateArn",
        "domains.Routing.Failover.PrimaryRoute53HealthCheckId",
        "domains.Routing.Failover.SecondaryRegion",
        "mfa.SmsMfaConfiguration.SmsConfiguration.EumsSms.CallerArn",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.SourceArn",
        "risk_configuration.CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        "user_pool.AcrConfiguration.Level1.AcrValue",
        "user_pool.AcrConfiguration.Level2.AcrValue",
        "user_pool.AcrConfiguration.Level3.AcrValue",
        "user_pool.AcrConfiguration.Level4.AcrValue",
        "user_pool.LambdaConfig.CustomEmailSender.LambdaArn",
        "user_pool.LambdaConfig.CustomSMSSender.LambdaArn",
        "user_pool.LambdaConfig.InboundFederation.LambdaArn",
        "user_pool.LambdaConfig.PreTokenGenerationConfig.LambdaArn",
        "user_pool.LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
        "user_pool.SmsConfiguration.EumsSms.CallerArn",
    ],
    ("required",),
)

RESET_REFUSED["okta: identity_providers.ProviderDetails.client_secret"] = ()  # OIDC has public clients

ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.AllowedOAuthFlowsUserPoolClient",
    ],
    ("C1",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.AllowedOAuthFlows",
    ],
    ("C2",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.AllowedOAuthScopes",
    ],
    ("C6",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.DefaultRedirectURI",
    ],
    ("C9",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.risk_configuration.CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        "clients.risk_configuration.RiskExceptionConfiguration.BlockedIPRangeList",
        "clients.risk_configuration.RiskExceptionConfiguration.SkippedIPRangeList",
        "risk_configuration.CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        "risk_configuration.RiskExceptionConfiguration.BlockedIPRangeList",
        "risk_configuration.RiskExceptionConfiguration.SkippedIPRangeList",
    ],
    ("O14",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.Notify",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.HtmlBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.TextBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.From",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.HtmlBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.TextBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.HtmlBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.Subject",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.TextBody",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.ReplyTo",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.SourceArn",
        "clients.risk_configuration.CompromisedCredentialsRiskConfiguration.EventFilter",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.HighAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.LowAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction",
        "risk_configuration.AccountTakeoverRiskConfiguration.Actions.MediumAction.Notify",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.HtmlBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.TextBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.From",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.HtmlBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.MfaEmail.TextBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.HtmlBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.Subject",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.NoActionEmail.TextBody",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.ReplyTo",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration.SourceArn",
        "risk_configuration.CompromisedCredentialsRiskConfiguration.EventFilter",
    ],
    ("O14", "required"),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.session.SSOSession.MaxValidityMinutes",
    ],
    ("O17",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "user_pool.UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
    ],
    ("P11",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "user_pool.AutoVerifiedAttributes",
    ],
    ("P2",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "user_pool.LambdaConfig.CustomEmailSender.LambdaArn",
        "user_pool.LambdaConfig.CustomSMSSender.LambdaArn",
    ],
    ("P21", "required"),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "user_pool.UserPoolAddOns.AdvancedSecurityMode",
    ],
    ("P24",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "mfa.MfaConfiguration",
    ],
    ("P4",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "mfa.SmsMfaConfiguration.SmsAuthenticationMessage",
        "mfa.SmsMfaConfiguration.SmsConfiguration.ExternalId",
        "mfa.SmsMfaConfiguration.SmsConfiguration.SnsCallerArn",
        "mfa.SmsMfaConfiguration.SmsConfiguration.SnsRegion",
        "mfa.SoftwareTokenMfaConfiguration.Enabled",
    ],
    ("P5",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "mfa.EmailMfaConfiguration.Message",
        "mfa.EmailMfaConfiguration.Subject",
    ],
    ("P5", "P6"),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "clients.RefreshTokenRotation.RetryGracePeriodSeconds",
        "domains.Routing.Failover.PrimaryRoute53HealthCheckId",
        "domains.Routing.Failover.SecondaryRegion",
        "user_pool.LambdaConfig.InboundFederation.LambdaArn",
        "user_pool.LambdaConfig.PreTokenGenerationConfig.LambdaArn",
        "user_pool.LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
    ],
    ("required",),
)
ALONE_REFUSED |= dict.fromkeys(
    [
        "user_pool.UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode",
    ],
    ("P24", "required"),
)

RESET_REFUSED["clients.cimd_policies.CacheDuration"] = ("not-removable",)
