using System.Text.Json;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Reads a model's answer strictly: one JSON object of the schema that was asked for, and nothing beside it.</summary>
internal static class AnswerReader
{
    private const int MaxLength = 64 * 1024;
    private const int MaxItems = 20;

    /// <summary>The answer, or what is wrong with it, as the model is told when it is asked again.</summary>
    /// <param name="references">The references that stood in the material.</param>
    public static (ModelAnswer? Answer, string? Error) Read(ModelReply.Answered reply, IReadOnlySet<string> references)
    {
        if (reply.FinishReason == "length")
            return (null, "The answer was cut off: it must be shorter.");
        if (reply.Text.Length > MaxLength)
            return (null, "The answer is too long.");
        try
        {
            return JsonSerializer.Deserialize(reply.Text, ModelAnswerJson.Default.ModelAnswer) is { } answer
                ? Check(answer, references)
                : (null, "The answer is null.");
        }
        catch (JsonException unreadable)
        {
            // Its message quotes what was read; the place is enough.
            return (null, $"The answer is not JSON of the schema (at '{GetPlace(unreadable)}').");
        }
    }

    private static (ModelAnswer? Answer, string? Error) Check(ModelAnswer answer, IReadOnlySet<string> references)
    {
        if (string.IsNullOrWhiteSpace(answer.Summary) || string.IsNullOrWhiteSpace(answer.LikelyCause))
            return (null, "summary and likelyCause must not be empty.");
        if (answer.Risk is not ("low" or "medium" or "high"))
            return (null, "risk must be low, medium or high.");
        if (new[] { answer.Evidence.Count, answer.Plan.Count, answer.Alternatives.Count, answer.RiskNotes.Count, answer.WouldChange.Count }
            .Max() > MaxItems)
            return (null, $"No list may have more than {MaxItems} items.");
        return answer.Evidence.All(evidence => references.Contains(evidence.Ref))
            ? (answer, null)
            : (null, "evidence names a reference that is not in the material.");
    }

    private static string GetPlace(JsonException unreadable)
    {
        var path = unreadable.Path ?? "$";
        return path.Length <= 60 && path.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '$' or '.' or '[' or ']')
            ? path
            : "$";
    }
}
