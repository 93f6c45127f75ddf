using System.Globalization;
using System.Text.Json;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Identity.Client;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// Why there is no token, and what to do. Entra tells its reasons apart by numbers alone; they are listed at
/// https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
/// </summary>
internal static class CredentialRefusals
{
    private const int NoSuchTenant = 90002;
    private const int NoTenantId = 900023;
    private const int NoSuchApplication = 700016;
    private const int TokenEnded = 700024;
    private const int NoSuchFederation = 70021;
    private const int NoSuchIssuer = 700211;
    private const int NoSuchAudience = 700212;
    private const int NoSuchSubject = 700213;
    private const int WrongCertificate = 700027;
    private const int ApplicationDisabled = 7000112;
    private const int WrongSecret = 7000215;
    private const int ExpiredSecret = 7000222;

    public static string Explain(Exception failure, TeamsOptions teams) => failure switch
    {
        MsalException msal when teams.ManagedIdentity =>
            $"The managed identity {teams.AppId} gave no token ({msal.ErrorCode}). Assign it to this machine as a user-assigned identity, "
            + "or set Teams:ClientSecret or Teams:CertificatePath in its place.",
        MsalServiceException refused when GetNumber(refused) is { } number => Explain(number, teams),
        MsalException msal => $"{GetHost(teams)} gave no token ({msal.ErrorCode}). Try again; if it stays so, compare Teams:AppId and "
            + "Teams:TenantId with the app registration.",
        HttpRequestException => $"{GetHost(teams)} cannot be reached: {failure.Message.TrimEnd('.')}. Let this machine call it over https.",
        _ when teams.FederatedTokenFile is { Length: > 0 } file =>
            $"Teams:FederatedTokenFile cannot be read ({failure.Message.TrimEnd('.')}). It is the file {file} that the issuer of the "
            + "federated credential writes for this process; in Kubernetes its path is in AZURE_FEDERATED_TOKEN_FILE.",
        _ => $"Teams:CertificatePath cannot be used ({failure.Message}). It is a PFX or PEM file with its private key, and "
            + "Teams:CertificatePassword is its password.",
    };

    private static string Explain(int number, TeamsOptions teams) => number switch
    {
        WrongSecret => $"Teams:ClientSecret is no secret of the application {teams.AppId} (AADSTS{number}). Make one under Certificates & "
            + "secrets of the app registration, and set its value, not its id.",
        ExpiredSecret => $"Teams:ClientSecret has expired (AADSTS{number}). Make a new one under Certificates & secrets of the app "
            + "registration, and set Teams:RotateBy to a day before that one expires.",
        NoSuchApplication => $"The tenant {teams.TenantId} has no application {teams.AppId} (AADSTS{number}). Set Teams:AppId to the "
            + "application (client) id and Teams:TenantId to the directory (tenant) id of one app registration.",
        NoSuchTenant or NoTenantId => $"There is no tenant {teams.TenantId} (AADSTS{number}). Set Teams:TenantId to the directory (tenant) "
            + "id of the app registration, and Teams:Cloud to the cloud that it is in.",
        ApplicationDisabled => $"The application {teams.AppId} is disabled (AADSTS{number}). Enable it under Enterprise applications.",
        WrongCertificate => $"The certificate of Teams:CertificatePath is none of the application {teams.AppId} (AADSTS{number}). Upload "
            + "its public part under Certificates & secrets of the app registration.",
        TokenEnded when teams.FederatedTokenFile is { Length: > 0 } => $"The token in Teams:FederatedTokenFile is out of date "
            + $"(AADSTS{number}). Its issuer has to replace it while the bot runs; compare the clocks if it does.",
        NoSuchFederation or NoSuchIssuer or NoSuchAudience or NoSuchSubject => $"The token in Teams:FederatedTokenFile is not one that the "
            + $"application {teams.AppId} trusts (AADSTS{number}). Compare issuer, audience and subject of the federated credential "
            + "under Certificates & secrets of the app registration with iss, aud and sub of the token, letter by letter.",
        _ => $"Entra refused the application {teams.AppId} (AADSTS{number}); https://login.microsoftonline.com/error?code={number} says "
            + "what that means and what to do.",
    };

    private static string GetHost(TeamsOptions teams) => CloudEnvironment.From(teams).LoginHost.Authority;

    private static int? GetNumber(MsalServiceException refused)
    {
        if (string.IsNullOrEmpty(refused.ResponseBody))
            return null;
        try
        {
            using var answer = JsonDocument.Parse(refused.ResponseBody);
            return answer.RootElement.ValueKind == JsonValueKind.Object
                && answer.RootElement.TryGetProperty("error_codes", out var numbers) && numbers.ValueKind == JsonValueKind.Array
                && numbers.GetArrayLength() > 0
                && int.TryParse(numbers[0].ToString(), CultureInfo.InvariantCulture, out var number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
