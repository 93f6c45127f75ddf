using System.Net;

namespace DevOpsAI.Bot.Teams.Protocol;

/// <summary>Turns the text of a message into what the person meant to say to the bot.</summary>
public static class Mentions
{
    /// <summary>Longer texts are cut before anything looks at them.</summary>
    public const int MaxTextLength = 16 * 1024;

    /// <summary>
    /// Removes every mention of the recipient (by id, never by name: people can edit what a mention shows), turns mentions of others
    /// into plain names and decodes HTML entities once.
    /// </summary>
    public static string Strip(Activity activity)
    {
        if (string.IsNullOrEmpty(activity.Text))
            return "";
        var text = activity.Text.Length > MaxTextLength ? activity.Text[..MaxTextLength] : activity.Text;
        foreach (var mention in activity.Entities ?? [])
        {
            if (mention is not { Type: "mention", Mentioned: { } mentioned })
                continue;
            var marker = mention.Text is null && mentioned.Name is { } name ? $"<at>{name}</at>" : mention.Text;
            if (string.IsNullOrEmpty(marker))
                continue;
            var isBot = mentioned.Id is not null && mentioned.Id == activity.Recipient?.Id;
            if (isBot)
                text = text.Replace(marker, "", StringComparison.OrdinalIgnoreCase);
        }
        return WebUtility.HtmlDecode(WithoutTags(text.Replace('\u00A0', ' ').Trim())).Trim();
    }

    /// <summary>The recipient is mentioned: by its id, whatever the mention shows.</summary>
    public static bool OfRecipient(Activity activity) => activity.Recipient?.Id is { Length: > 0 } self
        && (activity.Entities ?? []).Any(entity => entity is { Type: "mention", Mentioned.Id: { } id } && id == self);

    private static string WithoutTags(string text) => text.Contains("<at", StringComparison.OrdinalIgnoreCase)
        ? text.Replace("<at>", "", StringComparison.OrdinalIgnoreCase).Replace("</at>", "", StringComparison.OrdinalIgnoreCase)
        : text;
}
