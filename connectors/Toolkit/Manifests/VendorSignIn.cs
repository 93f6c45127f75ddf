using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Gets the tokens that calls of one manifest bear, by a call of its own.</summary>
internal sealed class VendorSignIn(
    Manifest manifest, VendorClient vendor, VendorTokens tokens, EntraTokens entra, VendorCredentials credentials, VendorMessages messages,
    VendorAnswers answers, SecretMasks masks)
{
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");

    /// <summary>
    /// Whether a token for actions can be had, where it is not the one for reading; done where there is none, or the connection has none.
    /// </summary>
    public async Task<CallOutcome<string>> CheckToActAsync(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            return manifest.Authentication.Token is { Refresh.ForActions: true } rule
                ? await GetAsync(connection, rule, acts: true, null, cancellationToken)
                : new CallOutcome<string>.Done("");
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<string>.NotDone(missing.Message);
        }
        catch (FormatException wrong)
        {
            return new CallOutcome<string>.Refused("not-sent", wrong.Message);
        }
    }

    /// <summary>Calls bear a token, which <see cref="GetAsync(Connection, bool, string?, CancellationToken)"/> gets.</summary>
    public bool BearsToken => manifest.Authentication is { EntraScope: not null } or { Token: not null };

    /// <summary>The token that a call bears.</summary>
    /// <param name="refused">A token that the vendor did not take; null where none was sent yet.</param>
    /// <exception cref="SecretUnavailableException">A secret cannot be read.</exception>
    /// <exception cref="FormatException">The settings have mistakes.</exception>
    public Task<CallOutcome<string>> GetAsync(Connection connection, bool acts, string? refused, CancellationToken cancellationToken) =>
        manifest.Authentication.EntraScope is { } scope
            ? EntraAsync(connection, scope, refused, cancellationToken)
            : GetAsync(connection, manifest.Authentication.Token!, acts, refused, cancellationToken);

    private async Task<CallOutcome<string>> EntraAsync(
        Connection connection, ValueTemplate scope, string? refused, CancellationToken cancellationToken)
    {
        if (EntraApplication.Problems(connection).FirstOrDefault() is { } problem)
            throw new FormatException(problem);
        var given = new ValueScope(Nothing.RootElement, VendorCredentials.Given(manifest, connection));
        var application = EntraApplication.For(
            connection,
            scope.Text(given) ?? throw new FormatException($"The connection {connection.Name} lacks what its scope is made of."));
        try
        {
            return new CallOutcome<string>.Done(await entra.GetAsync(connection, application, refused, null, cancellationToken));
        }
        catch (EntraSignInException none)
        {
            return none.As<string>();
        }
    }

    private Task<CallOutcome<string>> GetAsync(
        Connection connection, TokenRule rule, bool acts, string? refused, CancellationToken cancellationToken)
    {
        if (rule.Refresh is not { } refresh || (refresh.ForActions && !acts)
            || credentials.Secret(connection, refresh.Setting) is not { } initial)
        {
            return tokens.GetAsync(
                connection.CallKey, rule, credentials.Tag(connection), refused, stop => FetchTokenAsync(connection, rule, stop),
                cancellationToken);
        }
        return tokens.GetAsync(
            $"{connection.CallKey} {refresh.Setting}", rule, credentials.Tag(connection), refused,
            stop => tokens.Refreshed.FetchAsync(
                connection, refresh, initial, newest => FetchTokenAsync(connection, rule, refresh, newest), stop),
            cancellationToken);
    }

    private async Task<CallOutcome<JsonElement>> FetchTokenAsync(Connection connection, TokenRule rule, CancellationToken cancellationToken)
    {
        var outcome = await AskForTokenAsync(connection, rule, rule.Request, credentials.WithSecrets(connection), cancellationToken);
        if (outcome is not CallOutcome<VendorAnswer>.Done(var answer))
            return outcome.As<JsonElement>();
        return answers.IsRefusal(answer)
            ? new CallOutcome<JsonElement>.Refused("credentials", answers.Refusal(connection, masks.Hide(connection, answer)))
            : ReadToken(connection, answer);
    }

    /// <summary>The token is in the answer as it is; whatever else is told of it is told without secrets.</summary>
    private CallOutcome<JsonElement> ReadToken(Connection connection, VendorAnswer answer, params IEnumerable<string> sent)
    {
        var read = answers.Read(connection, answer, acts: false);
        return read is CallOutcome<JsonElement>.Done ? read : answers.Read(connection, masks.Hide(connection, answer, sent), acts: false);
    }

    private async Task<CallOutcome<JsonElement>> FetchTokenAsync(
        Connection connection, TokenRule rule, RefreshRule refresh, string newest)
    {
        var given = credentials.WithSecrets(connection);
        given[RefreshRule.Newest] = newest;
        var outcome = await AskForTokenAsync(connection, rule, refresh.Request, given, CancellationToken.None);
        if (outcome is not CallOutcome<VendorAnswer>.Done(var answer))
            return outcome.As<JsonElement>();
        if (!answers.IsRefusal(answer))
            return ReadToken(connection, answer, newest);
        answer = masks.Hide(connection, answer, newest);
        // https://www.rfc-editor.org/rfc/rfc6749#section-5.2
        var isApplication = VendorAnswers.Parse(answer.Body) is { ValueKind: JsonValueKind.Object } said
            && said.TryGetProperty("error", out var error) && ValueTemplate.Scalar(error) is "invalid_client" or "unauthorized_client";
        return new CallOutcome<JsonElement>.Refused("credentials", isApplication
            ? answers.Refusal(connection, answer)
            : $"{manifest.Title} does not take the refresh token of {connection.Name} any more{VendorAnswers.Said(answer)}. A person has "
                + $"to consent again: set {refresh.Setting} to the refresh token that this gives, which nothing else may use.");
    }

    private async Task<CallOutcome<VendorAnswer>> AskForTokenAsync(
        Connection connection, TokenRule rule, RequestTemplate request, Dictionary<string, string> given,
        CancellationToken cancellationToken)
    {
        var uri = messages.GetUri(connection, request, given, null, rule.IsAtHost);
        var scope = new ValueScope(Nothing.RootElement, given);
        var authorization = rule.Basic is { } basic ? VendorMessages.Basic(basic, scope) : null;
        return await vendor.ExchangeAsync(
            connection, acts: true, () => messages.Write(request, uri, scope, authorization, null), VendorCall.ReadTimeout,
            cancellationToken);
    }
}
