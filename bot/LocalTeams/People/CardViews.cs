using System.Collections.Concurrent;
using System.Text.Json;

namespace DevOpsAI.LocalTeams.People;

/// <summary>What one person sees in place of a message's card.</summary>
/// <param name="Version">The version of the message it belongs to; an edit of the message makes it void.</param>
/// <param name="Source"><c>click</c> or <c>refresh</c>: what the bot answered with it.</param>
internal sealed record CardView(int Version, JsonElement Card, string Source, DateTimeOffset At);

/// <summary>Per-person cards. They live as long as a client's cache does, that is not over a restart.</summary>
internal sealed class CardViews(TimeProvider clock)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    /// <summary>Above so many members a card that names no <c>userIds</c> is not refreshed by itself.</summary>
    private const int RefreshesForEverybody = 60;

    private readonly ConcurrentDictionary<(string Person, string Message), CardView> views = new();
    private readonly ConcurrentDictionary<(string Person, string Message), SemaphoreSlim> refreshing = new();

    public CardView? For(LocalUser person, Message message) =>
        views.TryGetValue((person.Id, message.Id), out var view) && view.Version == message.Version ? view : null;

    /// <param name="seen">The version that was on screen when the bot was asked.</param>
    public void Show(LocalUser person, Message seen, JsonElement card, string source) =>
        views[(person.Id, seen.Id)] = new CardView(seen.Version, card.Clone(), source, clock.GetUtcNow());

    public IReadOnlyDictionary<string, CardView> All(Message message) => LocalDirectory.People
        .Select(person => (person.Id, View: For(person, message)))
        .Where(pair => pair.View is not null)
        .ToDictionary(pair => pair.Id, pair => pair.View!);

    /// <summary>The action to ask the bot with, when what this person sees is due for an automatic refresh; else null.</summary>
    public JsonElement? Due(LocalUser person, Message message)
    {
        var view = For(person, message);
        if ((view?.Card ?? message.Card) is not { } card || RefreshAction(card) is not { } action || !IsAutomaticFor(person, message, card))
            return null;
        return view is null || clock.GetUtcNow() - view.At >= FreshFor ? action : null;
    }

    /// <summary>The card's refresh action, automatic or not.</summary>
    public static JsonElement? RefreshAction(JsonElement card) => card.TryGetProperty("refresh", out var refresh)
        && refresh.ValueKind == JsonValueKind.Object && refresh.TryGetProperty("action", out var action)
        && action.ValueKind == JsonValueKind.Object
            ? action
            : null;

    /// <summary>One refresh per person and message at a time: the second asker finds the first one's answer.</summary>
    public SemaphoreSlim Turnstile(LocalUser person, Message message) =>
        refreshing.GetOrAdd((person.Id, message.Id), _ => new SemaphoreSlim(1));

    private static bool IsAutomaticFor(LocalUser person, Message message, JsonElement card)
    {
        if (!card.GetProperty("refresh").TryGetProperty("userIds", out var users) || users.ValueKind != JsonValueKind.Array)
            return LocalDirectory.GetMembers(LocalDirectory.FindPlace(message.Place)!).Count() <= RefreshesForEverybody;
        return users.EnumerateArray().Any(user => user.ValueKind == JsonValueKind.String && user.GetString() == person.Mri);
    }
}
