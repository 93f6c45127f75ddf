using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>Teams with a memory: what is really shown, how often it was asked, and every way in which it can fail.</summary>
internal sealed class FakeTeams : IConnectorClient
{
    private readonly ConcurrentQueue<Func<SendOutcome, SendOutcome>> results = new();
    private int ids;

    public ConcurrentDictionary<string, JsonNode> Shown { get; } = new();

    public ConcurrentQueue<string> Texts { get; } = new();

    public int Posts => posts;

    public int Updates => updates;

    public bool Offline { get; set; }

    /// <summary>Posts that were tried while offline.</summary>
    public int Refusals => refusals;

    /// <summary>So many plain messages certainly do not arrive.</summary>
    public int TextsNotSent { get; set; }

    /// <summary>While set, posts and updates wait here after they have been counted.</summary>
    public TaskCompletionSource? Gate { get; set; }

    private int posts;
    private int updates;
    private int refusals;

    /// <summary>The next call does its work and then answers as told; several calls queue up.</summary>
    public void Next(Func<SendOutcome, SendOutcome> result) => results.Enqueue(result);

    public async Task<SendOutcome> PostAsync(
        ChannelRef to, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken)
    {
        if (Offline)
        {
            Interlocked.Increment(ref refusals);
            return new SendOutcome.NotSent("connection refused", null);
        }
        Interlocked.Increment(ref posts);
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        var id = $"m{Interlocked.Increment(ref ids)}";
        if (message.Card is { } card)
            Shown[id] = card.AsReceived();
        else
            Texts.Enqueue(message.Text!);
        return Answer(new SendOutcome.Sent(id, Conversation($"{to.ConversationId};messageid={id}")));
    }

    public async Task<SendOutcome> UpdateAsync(
        string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken)
    {
        if (Offline)
            return new SendOutcome.NotSent("connection refused", null);
        Interlocked.Increment(ref updates);
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        Shown[activityId] = message.Card!.AsReceived();
        return Answer(new SendOutcome.Sent(activityId, conversationId));
    }

    public Task<SendOutcome> SendAsync(string serviceUrl, ConversationId conversationId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken)
    {
        if (TextsNotSent > 0)
        {
            TextsNotSent--;
            return Task.FromResult<SendOutcome>(new SendOutcome.NotSent("connection refused", null));
        }
        Texts.Enqueue(message.Text!);
        return Task.FromResult<SendOutcome>(new SendOutcome.Sent("t", conversationId));
    }

    public Task<SendOutcome> ReplyAsync(string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message,
        SendOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<SendOutcome> OpenChatAsync(string serviceUrl, DirectoryId directory, string mri, SendOptions options,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Member>?> GetMembersAsync(
        string serviceUrl, ConversationId conversationId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Member?> GetMemberAsync(
        string serviceUrl, ConversationId conversationId, string mri, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private SendOutcome Answer(SendOutcome really) => results.TryDequeue(out var result) ? result(really) : really;
}
