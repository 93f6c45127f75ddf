using DevOpsAI.LocalTeams.People;
using Microsoft.Extensions.Options;

namespace DevOpsAI.LocalTeams.Api;

/// <summary>Everything at once, for a page that opens and for a test that looks.</summary>
internal sealed class Overview(MessageStore store, CardViews views, ChangeFeed changes, Addresses addresses, PageFiles files,
    IOptions<LocalTeamsOptions> options)
{
    /// <param name="last">At most so many messages of each conversation.</param>
    public LocalDirectoryState State(int last)
    {
        var seq = changes.Newest;
        return new LocalDirectoryState(
            seq,
            LocalDirectory.TenantId,
            new BotState(LocalDirectory.BotId, LocalDirectory.BotName, addresses.BotMessages.ToString(), addresses.ServiceUrl),
            new TeamState(LocalDirectory.TeamId, LocalDirectory.TeamName),
            [.. LocalDirectory.People.Select(person => new PersonState(person.Id, person.Mri, person.ObjectId, person.Name,
                person.JobTitle))],
            [.. LocalDirectory.Places.Select(place => new ConversationState(
                place.Id,
                place.ConversationType,
                place.Name,
                place.Owner?.Id,
                [.. store.In(place.Id).TakeLast(last).Select(message => new MessageState(message, Seen(message)))]))])
        {
            Missing = files.Missing,
            Hint = options.Value.Hint,
            Samples = [.. options.Value.Samples.Select(sample => new SampleState(sample.Id, sample.Title, sample.Expect, sample.Channel))],
        };
    }

    private Dictionary<string, SeenState> Seen(Message message) =>
        views.All(message).ToDictionary(pair => pair.Key, pair => new SeenState(pair.Value.Source, pair.Value.At));
}

/// <param name="Seq">Listen for changes after this one.</param>
internal sealed record LocalDirectoryState(
    long Seq, string TenantId, BotState Bot, TeamState Team, IReadOnlyList<PersonState> People,
    IReadOnlyList<ConversationState> Conversations)
{
    /// <summary>Browser files that the build could not get; empty is how it should be.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>How to get a first card.</summary>
    public string? Hint { get; init; }

    /// <summary>Alerts that can be raised with a button.</summary>
    public required IReadOnlyList<SampleState> Samples { get; init; }
}

/// <summary>A sample alert; what it sends stays here.</summary>
internal sealed record SampleState(string Id, string Title, string Expect, string Channel);

internal sealed record BotState(string Id, string Name, string Messages, string ServiceUrl);

internal sealed record TeamState(string Id, string Name);

internal sealed record PersonState(string Id, string Mri, string ObjectId, string Name, string JobTitle);

/// <param name="Kind"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
internal sealed record ConversationState(string Id, string Kind, string Name, string? Owner, IReadOnlyList<MessageState> Messages);

/// <param name="Views">Who sees a card of their own instead of the message's.</param>
internal sealed record MessageState(Message Message, IReadOnlyDictionary<string, SeenState> Views);

internal sealed record SeenState(string Source, DateTimeOffset At);
