using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Drafting;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Tells what a client's tools know of a device, or says which of their records it is.</summary>
internal sealed class IdentifyCommand(IMediator mediator, ClientResolver clients) : ChatCommand<IdentifyArguments>
{
    private const string Usage = "identify <client> <device> [as <connection>/<id>]";

    public override string Name => "identify";

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new(Usage, "which records of the client's tools a device is; with [as ...] you say which ones")];

    public override ChatRequest Read(CommandText text) => For(new(text.Words));

    protected override async Task<OutgoingMessage> AnswerAsync(
        IdentifyArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (client, rest) = await clients.FirstAsync(turn, arguments.Words, cancellationToken);
        if (client is null)
            return clients.NotNamed(turn, arguments.Words, "A device of which client?", Usage);
        var (device, records) = IdentifyArguments.Split(rest);
        if (device.Length == 0)
            return Reply.Notice($"Which device of {CardText.Name(client.Tenant.Name)}?", detail: Usage);
        if (records is null)
            return Known(device, await mediator.Send(new LookUpDevice(client.Tenant.Id, device), cancellationToken));
        var request = new IdentifyDevice(client.Tenant.Id, turn.Person, device, records, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    private static OutgoingMessage Known(string device, DeviceKnown known)
    {
        var name = CardText.Name(device, 60);
        var silent = known.Silent.Select(static one => $"{one.Connection} does not answer.");
        var lines = known.Things.Select(Say).Concat(silent).ToList();
        return known.Things.Count switch
        {
            0 => Reply.Notice($"No tool of the client knows a device named {name}.", detail: string.Join(" ", lines)),
            1 => Reply.Notice($"{name} is one device.", good: true, detail: string.Join(" ", lines)),
            _ => Reply.Notice(
                $"{name} may be {known.Things.Count} devices. Say which one is meant with identify ... as <connection>/<id>.",
                detail: string.Join(" – ", lines)),
        };
    }

    private static string Say(KnownThing thing)
    {
        var records = string.Join(" and ", thing.Records.Select(static one => one.ToString()));
        return string.Join(" ", thing.Evidence.Prepend($"{records}."));
    }
}

/// <summary>Takes back what was said of a device.</summary>
internal sealed class UnidentifyCommand(IMediator mediator, ClientResolver clients) : ChatCommand<IdentifyArguments>
{
    private const string Usage = "unidentify <client> <device>";

    public override string Name => "unidentify";

    public override IReadOnlyList<HelpLine> Help { get; } = [new(Usage, "what was said of the device does not count any more")];

    public override ChatRequest Read(CommandText text) => For(new(text.Words));

    protected override async Task<OutgoingMessage> AnswerAsync(
        IdentifyArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (client, rest) = await clients.FirstAsync(turn, arguments.Words, cancellationToken);
        if (client is null)
            return clients.NotNamed(turn, arguments.Words, "A device of which client?", Usage);
        if (rest.Length == 0)
            return Reply.Notice($"Which device of {CardText.Name(client.Tenant.Name)}?", detail: Usage);
        var request = new ForgetDevice(client.Tenant.Id, turn.Person, rest, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

/// <summary>The words after the name: perhaps the client, then the device.</summary>
internal sealed record IdentifyArguments(IReadOnlyList<string> Words)
{
    private const string As = " as ";

    /// <summary>The device, and the records after <c>as</c>; null where there is no such word.</summary>
    public static (string Device, IReadOnlyList<RecordName>? Records) Split(string words)
    {
        var at = words.IndexOf(As, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return (words.Trim(), null);
        var records = words[(at + As.Length)..].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => (Word: word, Slash: word.IndexOf('/', StringComparison.Ordinal)))
            .Where(static one => one.Slash > 0 && one.Slash < one.Word.Length - 1)
            .Select(static one => new RecordName(one.Word[..one.Slash], one.Word[(one.Slash + 1)..]));
        return (words[..at].Trim(), [.. records]);
    }
}
