using System.Net;
using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What the answers of one vendor mean.</summary>
internal sealed class VendorAnswers(Manifest manifest)
{
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");

    /// <summary>Whether it says no to credentials that were sent to get a token.</summary>
    public bool IsRefusal(VendorAnswer answer) =>
        (int)answer.Status is 400 or 401 or 403 && Rule(answer, Parse(answer.Body)) is null;

    /// <summary>The vendor's own words in brackets, after a blank; empty when it said nothing.</summary>
    public static string Said(VendorAnswer answer) =>
        VendorResponse.For<bool>(answer.Status, answer.Body, null, static _ => true) is CallOutcome<bool>.Refused(_, var message)
            ? $" ({message})"
            : "";

    /// <summary>A sentence for an administrator whose credentials are not taken.</summary>
    public string Refusal(Connection connection, VendorAnswer answer)
    {
        var names = manifest.Settings.Where(static setting => setting is { IsSecret: true, IsRequired: true })
            .Select(static setting => setting.Name);
        return $"{manifest.Title} does not take the credentials of {connection.Name}{Said(answer)}. "
            + $"Set {string.Join(" and ", names)} anew.";
    }

    /// <summary>An answer in which what should be a list is none, or is not there.</summary>
    public CallOutcome<T> NoList<T>(JsonPath items) => new CallOutcome<T>.Unknown($"{manifest.Title}'s answer has no list at '{items}'.");

    /// <summary>What an answer means: by the manifest's own rules first.</summary>
    /// <param name="mayBeEmpty">An answer without a body says that there is nothing.</param>
    public CallOutcome<JsonElement> Read(Connection connection, VendorAnswer answer, bool acts, bool mayBeEmpty = false)
    {
        var document = Parse(answer.Body);
        if (Rule(answer, document) is { } rule)
        {
            var scope = new ValueScope(document ?? Nothing.RootElement, VendorCredentials.Given(manifest, connection));
            var message = VendorResponse.Short(rule.Message?.Text(scope)
                ?? $"{manifest.Title} answered {(int)answer.Status}.");
            return rule.Meaning switch
            {
                ErrorMeaning.Refused => new CallOutcome<JsonElement>.Refused($"{(int)answer.Status}", message),
                ErrorMeaning.NotDone => new CallOutcome<JsonElement>.NotDone(message, answer.RetryAfter ?? rule.TryAgainIn),
                _ => new CallOutcome<JsonElement>.Unknown(message),
            };
        }
        if ((int)answer.Status is >= 200 and < 300)
        {
            if (document is { } read)
                return new CallOutcome<JsonElement>.Done(read);
            if ((acts || mayBeEmpty) && string.IsNullOrWhiteSpace(answer.Body))
                return new CallOutcome<JsonElement>.Done(Nothing.RootElement);
            // A page in place of data is how some vendors, and every proxy, say that it is too much or that one is not signed in.
            var what = $"{manifest.Title} answered {(answer.MediaType is { } type ? $"'{type}'" : "nothing")} in place of data.";
            return acts ? new CallOutcome<JsonElement>.Unknown(what) : new CallOutcome<JsonElement>.NotDone(what);
        }
        if (answer.Status == HttpStatusCode.Unauthorized)
            return new CallOutcome<JsonElement>.Refused("credentials", Refusal(connection, answer));
        return VendorResponse.For<JsonElement>(answer.Status, answer.Body, answer.RetryAfter, static _ => default);
    }

    private ErrorRule? Rule(VendorAnswer answer, JsonElement? document)
    {
        var scope = new ValueScope(document ?? Nothing.RootElement, new Dictionary<string, string>());
        return manifest.Errors.FirstOrDefault(
            rule => (rule.Status is null || rule.Status == (int)answer.Status) && rule.When.All(one => one.Holds(scope)));
    }

    /// <summary>Returns null when it is no JSON.</summary>
    public static JsonElement? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
