using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>Section <c>Teams</c>. Without <see cref="AppId"/> the bot runs in local mode.</summary>
public sealed class TeamsOptions
{
    /// <summary>Application (client) id of the bot's registration.</summary>
    public string? AppId { get; set; }

    /// <summary>
    /// Entra tenant of the registration: a GUID or a domain; <c>botframework.com</c> for an old multi-tenant registration.
    /// </summary>
    public string? TenantId { get; set; }

    /// <summary>
    /// One of secret, certificate, federated token and managed identity is needed with an app id. <c>env:NAME</c>, <c>file:/path</c>, or
    /// the secret itself.
    /// </summary>
    public string? ClientSecret { get; set; }

    /// <summary>A PFX or PEM file with its private key.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>As <see cref="ClientSecret"/>.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>
    /// A file that holds a token of another issuer, which the registration trusts by a federated credential: what Kubernetes writes and
    /// names in <c>AZURE_FEDERATED_TOKEN_FILE</c>. Read anew for each token, as its issuer replaces it.
    /// </summary>
    public string? FederatedTokenFile { get; set; }

    /// <summary>The day by which the secret or certificate is to be replaced; people are reminded from two weeks before.</summary>
    public DateOnly? RotateBy { get; set; }

    /// <summary>The registration is a user-assigned managed identity of this host.</summary>
    public bool ManagedIdentity { get; set; }

    /// <summary><c>public</c>, <c>gcc</c>, <c>gccHigh</c>, <c>dod</c> or <c>china</c>.</summary>
    public string Cloud { get; set; } = "public";

    /// <summary>Entra tenants whose people may speak to the bot. Empty means <see cref="TenantId"/> alone (in local mode: any).</summary>
    public IList<string> AllowedTenants { get; set; } = [];

    /// <summary>Overrides the cloud's OpenID metadata: https, or http on loopback for tests.</summary>
    public Uri? MetadataUrl { get; set; }

    /// <summary>Overrides the issuer that goes with <see cref="MetadataUrl"/>.</summary>
    public string? Issuer { get; set; }

    /// <summary>Overrides the host our token comes from: https, or http on loopback for tests.</summary>
    public Uri? LoginUrl { get; set; }

    /// <summary>Further addresses that may receive our token, as <c>https://host[:port][/path]</c>; http on loopback only.</summary>
    public IList<string> TrustedServiceUrls { get; set; } = [];

    /// <summary>How long Teams may wait for the answer to a click before it is told that work goes on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:08")]
    public TimeSpan InvokeBudget { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a turn may go on in the background.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:30:00")]
    public TimeSpan TurnDeadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The addresses we listen on in the clear are reached through a proxy alone, which ends TLS. Without it, plain http is for this
    /// machine only.
    /// </summary>
    public bool TlsProxy { get; set; }

    public bool IsLocal => string.IsNullOrWhiteSpace(AppId);
}
