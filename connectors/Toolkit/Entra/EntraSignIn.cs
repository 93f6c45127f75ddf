using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Identity;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Entra;

/// <summary>Entra gave no token. The message is a sentence for an administrator, without secrets and without Entra's own text.</summary>
/// <param name="mayPass">Asking again later may help; otherwise somebody has to set something right.</param>
internal sealed class EntraSignInException(string code, string message, bool mayPass, Exception? inner = null) : Exception(message, inner)
{
    public CallOutcome<T> As<T>() => mayPass ? new CallOutcome<T>.NotDone(Message) : new CallOutcome<T>.Refused(code, Message);
}

/// <summary>What Entra's refusals mean to whoever set up the connection.</summary>
/// <remarks>Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes</remarks>
internal static partial class EntraSignIn
{
    private const string Credentials = "credentials";
    private const string Consent = "consent";

    public static EntraSignInException Refusal(Connection connection, EntraApplication app, AuthenticationFailedException failed)
    {
        List<Exception> causes = [];
        for (Exception? cause = failed; cause is not null; cause = cause.InnerException)
            causes.Add(cause);
        var codes = causes.Select(static cause => Code().Match(cause.Message)).Where(static match => match.Success)
            .Select(static match => int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture)).ToList();
        if (codes is [var known, ..])
        {
            var (kind, sentence) = Sentence(known, connection, app);
            return new(kind, $"{sentence} (AADSTS{known})", mayPass: false, failed);
        }
        return causes.Exists(static cause => cause is CredentialUnavailableException)
            ? new(
                Credentials, $"This machine has no {Identity(app)} identity that {connection.Name} could sign in with.", false, failed)
            : new(
                "sign-in", $"Entra cannot be reached at {app.Authority.Host}, or gave no token for {connection.Name}.", true, failed);
    }

    private static string Identity(EntraApplication app) => app.Proof == EntraProof.WorkloadIdentity ? "workload" : "managed";

    private static (string Kind, string Sentence) Sentence(int code, Connection connection, EntraApplication app) => code switch
    {
        7000215 => (Credentials, $"Entra does not take the client secret of {connection.Name}. Set ClientSecret anew: the secret's value, "
            + "not its id."),
        7000222 => (Credentials, $"The client secret of {connection.Name} has expired. Make a new one in the app registration and set "
            + "ClientSecret anew."),
        700027 or 7000214 or 7000277 => (Credentials, $"Entra does not take the certificate of {connection.Name}: the app registration "
            + "does not have it, or it has expired."),
        70021 or 700211 or 700212 or 700213 or 700223 => (Credentials, "The app registration has no federated credential that fits the "
            + $"identity of {connection.Name}."),
        700016 or 7000229 or 65001 => (Consent, $"Nobody has consented to the application {app.ClientId} in the directory "
            + $"{app.DirectoryId}. An administrator there opens {ConsentAddress(app)}"),
        90002 or 900023 or 900021 or 500011 => ("wrong-tenant", $"There is no directory {app.DirectoryId} in this cloud. Set "
            + "DirectoryId, or Cloud, anew."),
        7000112 => (Consent, $"The application {app.ClientId} is switched off in the directory {app.DirectoryId}."),
        53003 or 530035 => (Consent, "A Conditional Access policy for workload identities blocks the application in the directory "
            + $"{app.DirectoryId}."),
        _ => ("sign-in", $"Entra refuses to sign {connection.Name} in."),
    };

    private static string ConsentAddress(EntraApplication app) =>
        $"{app.Authority.GetLeftPart(UriPartial.Authority)}/{app.DirectoryId}/adminconsent?client_id={app.ClientId}";

    [GeneratedRegex("AADSTS(?<code>[0-9]{4,9})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
