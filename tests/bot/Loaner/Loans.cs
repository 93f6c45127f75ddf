using System.Collections.Immutable;
using System.Text.Json.Serialization;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Loaner;

/// <summary><c>loan.granted</c> on <c>loan/{id}</c>: somebody may have a device for a time.</summary>
public sealed record LoanGranted(string LoanId, string Device, [property: FreeText] string? For) : Fact;

/// <summary><c>loan.lost</c> on <c>loan/{id}</c>: nobody knows where the device is.</summary>
public sealed record LoanLost(string LoanId) : Fact;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(LoanGranted))]
[JsonSerializable(typeof(LoanLost))]
internal sealed partial class LoanJson : JsonSerializerContext;

/// <summary>Devices on loan.</summary>
public sealed record LoansState : ISlice<LoansState>
{
    public static LoansState Empty { get; } = new();

    public ImmutableDictionary<string, string> Devices { get; init; } = ImmutableDictionary<string, string>.Empty;

    public LoansState Apply(LedgerEntry entry, TenantState before) => entry.Fact is LoanGranted granted
        ? new() { Devices = Devices.SetItem(granted.LoanId, granted.Device) }
        : this;
}

/// <summary>The whole area is registered here, and nowhere else.</summary>
internal static class LoanServices
{
    public const string Kind = "loan";

    public static readonly Feature Feature = new("loans")
    {
        Entries =
        [
            EntryType.Create(
                "loan.granted", LoanJson.Default.LoanGranted, "A request for a device on loan was approved.", "Device lent",
                line: static granted => $"Lent: {granted.Device}, for {granted.For}", countedAs: "Devices lent"),
            EntryType.Create(
                "loan.lost", LoanJson.Default.LoanLost, "Nobody knows where a device on loan is.", "Device on loan lost",
                line: static _ => "Lost", deviation: static lost => $"The device of loan {lost.LoanId} is lost."),
        ],
        Streams = ["loan"],
        Slices = [StateSlice.Create<LoansState>("loans", [typeof(LoanGranted)])],
    };

    public static IServiceCollection AddLoans(this IServiceCollection services) => services
        .AddFeature(Feature)
        .AddSingleton<IProposalArea, LoanArea>()
        .AddSubjectCard<LoanCard>()
        .AddChatCommand<LoanCommand>();
}

/// <summary>What can be decided about: a loan, whose effect is that it is on record.</summary>
internal sealed class LoanArea : IProposalArea
{
    public string Kind => LoanServices.Kind;

    public string GateArea => "loans";

    public bool IsItsOwnEffect => true;

    public Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind) => Aftermath.Nothing;

    public Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome)
    {
        if (outcome != ExecutionOutcome.Verified || proposal.Staged is not { } staged)
            return Aftermath.Nothing;
        var granted = new LoanGranted(proposal.Subject.Id, staged.Observed["device"], staged.Observed["for"]);
        return new([], [(new($"loan/{proposal.Subject.Id}"), granted)]);
    }
}

/// <summary>What its card shows.</summary>
internal sealed class LoanCard : ISubjectCard
{
    public string Kind => LoanServices.Kind;

    public SubjectView View(TenantState state, Proposal proposal)
    {
        var asked = proposal.Staged!.Observed;
        return new(
            $"Loan of a {asked["device"]}",
            "Once approved, the device may be handed out.",
            [("Asked by", proposal.Staged.Requester.Name), ("For", asked["for"]),
                ("On loan now", $"{state.Get<LoansState>().Devices.Count}")]);
    }
}

/// <summary><c>loan contoso notebook until Friday</c>.</summary>
internal sealed class LoanCommand(IMediator mediator, ClientResolver clients) : ChatCommand<LoanCommand.Arguments>
{
    internal sealed record Arguments(string Client, string Device, string For);

    public override string Name => "loan";

    public override IReadOnlyList<HelpLine> Help => [new("loan <client> <device> <what for>", "ask for a device on loan")];

    public override ChatRequest Read(CommandText text) => text.Words.Count > 1
        ? For(new(text.Words[0], text.Words[1], string.Join(' ', text.Words.Skip(2))))
        : ChatRequest.Incomplete("For which client, and which device?", "loan <client> <device> <what for>");

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (client, refused) = await clients.OneAsync(turn, arguments.Client, "loan <client> <device> <what for>", cancellationToken);
        if (client is null)
            return refused!;
        var tenant = client.Tenant.Id;
        var number = client.State.Proposals.All.Keys.Count(static subject => subject.Kind == LoanServices.Kind) + 1;
        var asked = new Dictionary<string, string> { ["device"] = arguments.Device, ["for"] = arguments.For };
        var request = new Propose(
            tenant, ProposalSubject.Create(LoanServices.Kind, $"L-{number}"), turn.Person, Severity.Info, Plan.Empty, asked,
            turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, tenant);
    }
}
