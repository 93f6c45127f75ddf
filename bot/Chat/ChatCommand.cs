using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>For commands and questions: arguments that were read become a request that this class answers.</summary>
public abstract class ChatHandler<TArguments>
    where TArguments : notnull
{
    public ChatRequest For(TArguments arguments) =>
        new(LogName, arguments, (turn, cancellationToken) => AnswerAsync(arguments, turn, cancellationToken));

    protected abstract Task<OutgoingMessage> AnswerAsync(TArguments arguments, ChatTurn turn, CancellationToken cancellationToken);

    private string LogName
    {
        get
        {
            var type = GetType().Name;
            foreach (var ending in (ReadOnlySpan<string>)["Command", "Query"])
            {
                if (type.Length > ending.Length && type.EndsWith(ending, StringComparison.Ordinal))
                    return type[..^ending.Length];
            }
            return type;
        }
    }
}

/// <summary>The usual shape of a command.</summary>
public abstract class ChatCommand<TArguments> : ChatHandler<TArguments>, IChatCommand
    where TArguments : notnull
{
    public abstract string Name { get; }

    public virtual IReadOnlyList<string> Synonyms => [];

    public abstract IReadOnlyList<HelpLine> Help { get; }

    public abstract ChatRequest Read(CommandText text);

    public virtual ChatRequest? ReadUnnamed(CommandText text) => null;

    /// <summary>For a command about one incident, whose id may stand anywhere behind the name.</summary>
    protected static ChatRequest OfIncident(CommandText text, string usage, Func<IncidentId, ChatRequest> request) =>
        text.IncidentId is { } id ? request(id) : ChatRequest.Incomplete("Which incident? Its id looks like CON-1001.", usage);
}

/// <summary>The usual shape of a question.</summary>
public abstract class ChatQuery<TArguments> : ChatHandler<TArguments>, IChatQuery
    where TArguments : notnull
{
    public abstract IReadOnlyList<HelpLine> Examples { get; }

    public abstract ChatRequest? Read(QuestionText question);
}

/// <summary>The arguments of a command that takes none.</summary>
public readonly record struct NoArguments;

/// <summary>The arguments of what is about a client: as typed, null for the conversation's own.</summary>
public readonly record struct ClientArgument(string? Client);

/// <summary>The arguments of what is about one incident.</summary>
public readonly record struct IncidentArgument(IncidentId IncidentId);
