using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Offers the dialog for a connection to a vendor.</summary>
internal sealed class ConnectCommand(ConnectorCatalog catalog, ClientResolver clients, ConnectionForms forms)
    : VendorCommand(catalog, clients)
{
    public override string Name => "connect";

    public override IReadOnlyList<HelpLine> Help =>
        [new(Usage, "administrators: fill in a connection to a vendor, which somebody else then approves")];

    protected override Task<OutgoingMessage> AnswerAsync(
        TenantNow client, ConnectorDescription connector, ChatTurn turn, CancellationToken cancellationToken) =>
        Task.FromResult(forms.Offer(client, connector, turn.Person));
}

/// <summary>Asks that a connection to a vendor is not used any more.</summary>
internal sealed class DisconnectCommand(IMediator mediator, ConnectorCatalog catalog, ClientResolver clients)
    : VendorCommand(catalog, clients)
{
    public override string Name => "disconnect";

    public override IReadOnlyList<HelpLine> Help =>
        [new(Usage, "administrators: ask that a connection is not used any more, which somebody else then approves")];

    protected override async Task<OutgoingMessage> AnswerAsync(
        TenantNow client, ConnectorDescription connector, ChatTurn turn, CancellationToken cancellationToken)
    {
        var request = new RequestDisconnection(client.Tenant.Id, turn.Person, connector.Name, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

/// <summary>A command about one vendor and one client.</summary>
internal abstract class VendorCommand(ConnectorCatalog catalog, ClientResolver clients) : ChatCommand<VendorArguments>
{
    protected string Usage => $"{Name} <vendor> <client>";

    public override ChatRequest Read(CommandText text) => VendorArguments.Read(text, catalog) is { } arguments
        ? For(arguments)
        : VendorArguments.NoVendor(catalog, Usage);

    protected abstract Task<OutgoingMessage> AnswerAsync(
        TenantNow client, ConnectorDescription connector, ChatTurn turn, CancellationToken cancellationToken);

    protected override async Task<OutgoingMessage> AnswerAsync(
        VendorArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (client, refused) = await clients.OneAsync(turn, arguments.Client, Usage, cancellationToken);
        return client is null ? refused! : await AnswerAsync(client, arguments.Connector, turn, cancellationToken);
    }
}

/// <summary>A vendor and perhaps a client, in whichever order.</summary>
/// <param name="Client">As typed; null for the conversation's own.</param>
internal sealed record VendorArguments(ConnectorDescription Connector, string? Client)
{
    private const int MaxWords = 4;

    /// <summary>
    /// The longest run of words that is a vendor's name, written with or without spaces and hyphens; null where none is one.
    /// </summary>
    public static VendorArguments? Read(CommandText text, ConnectorCatalog catalog)
    {
        var words = text.Words.Where(static word => !TypedText.IsJoining(word)).ToList();
        for (var length = Math.Min(words.Count, MaxWords); length > 0; length--)
        {
            for (var start = 0; start + length <= words.Count; start++)
            {
                var said = Folded(string.Concat(words.Skip(start).Take(length)));
                if (catalog.All.FirstOrDefault(one => Folded(one.Name) == said || Folded(one.Title) == said) is not { } connector)
                    continue;
                List<string> rest = [.. words.Take(start), .. words.Skip(start + length)];
                return new(connector, text.ClientIn(rest));
            }
        }
        return null;
    }

    public static ChatRequest NoVendor(ConnectorCatalog catalog, string usage) => ChatRequest.Incomplete(
        $"Which vendor? I know {string.Join(", ", catalog.All.Where(static one => !one.IsSimulation).Select(static one => one.Name))}.",
        usage);

    private static string Folded(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
