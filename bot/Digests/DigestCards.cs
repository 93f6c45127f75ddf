using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Connections;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Digests;

/// <summary>
/// A client's digest as a card: what happened, what waits, what is told nowhere else, and the newest checkpoint, which stays in Teams where
/// whoever runs the bot cannot rewrite it.
/// </summary>
internal sealed class DigestCards(ILedger ledger, Checkpoints checkpoints, TimeProvider clock, SecretRotations? rotations = null)
{
    private const int MostWaiting = 8;
    private const int MostTold = 8;

    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async Task<OutgoingJson> CardAsync(Tenant tenant, TenantState state, DigestMark since, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var digest = await Digest.ReadAsync(ledger, state, since, now, cancellationToken);
        return Build(tenant, state, digest, await NewestAsync(tenant, cancellationToken), now);
    }

    /// <summary>What happened in the last of these hours or days, however often a digest was posted.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async Task<OutgoingJson> CardAsync(Tenant tenant, TenantState state, TimeSpan last, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var digest = await Digest.ReadAsync(ledger, state, now - last, now, cancellationToken);
        return Build(tenant, state, digest, await NewestAsync(tenant, cancellationToken), now, $"The last {Phrases.Span(last)}: ");
    }

    private OutgoingJson Build(Tenant tenant, TenantState state, Digest digest, (SignedCheckpoint? Checkpoint, string? Problem) newest, DateTimeOffset now, string window = "")
    {
        var open = PendingCard.Open(state);
        List<OutgoingJson> body =
        [
            Rich(null, new("Digest of "), new(CardText.Name(tenant.Name, 60), 80, Bold: true, Size: "Medium")),
            Rich("None", [.. Window(digest, window).Runs(new(null, Subtle: true, Size: "Small"))]),
        ];
        if (digest.Simulated || open.Exists(static incident => incident.Simulated))
            body.Add(PendingCard.PartlySimulated());
        body.AddRange(Happened(digest));
        body.AddRange(Waiting(tenant, state, open, now));
        body.AddRange(OnlyHere(digest));
        body.AddRange(ToReplace(tenant, now));
        body.AddRange(Record(newest));
        return Card.Frame(body, summary: Summary(tenant));
    }

    /// <summary>The line of a notification.</summary>
    internal static string Summary(Tenant tenant) => $"Digest of {CardText.Name(tenant.Name, 60)}";

    private static Wording Window(Digest digest, string window)
    {
        if (digest.From == DateTimeOffset.MinValue)
            return $"{window}Until {digest.To}";
        return $"{window}{digest.From} to {digest.To}";
    }

    private static IEnumerable<OutgoingJson> Happened(Digest digest)
    {
        List<(string Title, string Value)> facts = [];
        if (digest.Received > 0)
            facts.Add(Fact("Events", $"{digest.Received}"));
        facts.AddRange(digest.Happened.Select(static told => Fact(Title(told.What), $"{told.Incidents.Count}: {Named(told.Incidents)}")));
        yield return facts.Count == 0 ? Text($"Nothing happened.") : Facts(facts);
        if (digest.OutOfBand > 0)
            yield return Rich("Small", new TextRun(digest.OutOfBand == 1 ? "One change was made that no decision allows" : $"{digest.OutOfBand} changes were made that no decision allows", Bold: true, Tone: Tone.Attention));
        foreach (var connection in digest.Silent.Take(MostTold))
            yield return Rich("Small", new("Silent: ", Bold: true, Tone: Tone.Warning), new(connection, 80));
    }

    private static string Title(Happening what) => what switch
    {
        Happening.Opened => "Incidents opened",
        Happening.Approved => "Approved",
        Happening.Unasked => "Done without asking",
        Happening.Rejected => "Rejected",
        Happening.Handled => "Handled by people",
        Happening.Escalated => "Escalated",
        Happening.Expired => "Expired undecided",
        Happening.Withdrawn => "Withdrawn",
        Happening.Verified => "Done and verified",
        Happening.Failed => "Failed",
        Happening.Stopped => "Stopped",
        Happening.Unknown => "Outcome unknown",
        _ => "Taken back",
    };

    /// <summary>Ids are ours. The newest first, each once.</summary>
    private static string Named(IReadOnlyList<string> incidents)
    {
        const int most = 6;
        var different = incidents.Reverse().Distinct(StringComparer.Ordinal).ToList();
        return string.Join(", ", different.Take(most)) + (different.Count > most ? $" and {different.Count - most} more" : "");
    }

    private static IEnumerable<OutgoingJson> Waiting(Tenant tenant, TenantState state, List<Incident> open, DateTimeOffset now)
    {
        yield return Rich(null, new TextRun(open.Count == 0 ? "Nothing is waiting" : $"{open.Count} open", Bold: true));
        foreach (var incident in open.Take(MostWaiting))
            yield return PendingCard.Line(tenant, incident, now);
        if (open.Count > MostWaiting)
            yield return Text($"and {open.Count - MostWaiting} more: *pending {CardText.Name(tenant.Id.Value)}* lists them.", subtle: true);
        if (state.Freeze is { } freeze)
            yield return Rich("Small", new("Frozen: ", Bold: true, Tone: Tone.Attention), new(freeze.Reason, 120));
    }

    private static IEnumerable<OutgoingJson> OnlyHere(Digest digest)
    {
        if (digest.Digested == 0)
            yield break;
        var told = digest.Information;
        yield return Rich(null, new TextRun("On no card, for information", Bold: true));
        foreach (var one in told.Take(MostTold))
            yield return Rich("Small", new(one.Title, 120), new(one.Count > 1 ? $" · {one.Count} times, last " : " · ", Subtle: true), TextRun.At(one.Last, subtle: true));
        var rest = digest.Digested - told.Take(MostTold).Sum(static one => one.Count);
        if (rest > 0)
            yield return Rich("Small", new TextRun(rest == 1 ? "and one more event, such as the end of an alert that was on no card" : $"and {rest} more events, such as the ends of alerts that were on no card", Subtle: true));
    }

    private IEnumerable<OutgoingJson> ToReplace(Tenant tenant, DateTimeOffset now) => (rotations?.Due(now) ?? [])
        .Where(due => due.Secret.Tenant == tenant.Id)
        .Take(MostTold)
        .Select(static due => Rich("Small", new("Secret: ", Bold: true, Tone: Tone.Warning), new(due.Warning, 300)));

    private static IEnumerable<OutgoingJson> Record((SignedCheckpoint? Checkpoint, string? Problem) newest)
    {
        const string Id = "checkpoint";
        if (newest.Problem is { } problem)
            yield return Rich("Small", new("The record's checkpoint cannot be read: ", Bold: true, Tone: Tone.Attention), new(problem, 300));
        if (newest.Checkpoint is not { } checkpoint)
            yield break;
        yield return Rich("Small", new TextRun($"The record is signed up to entry {checkpoint.Checkpoint.Size}.", Subtle: true));
        yield return ActionSet([CardActions.Toggle("Checkpoint", Id)]);
        yield return Container(MessageCards.Note(checkpoint), id: Id, visible: false);
    }

    /// <summary>A digest is posted even where the checkpoint is damaged, and says so.</summary>
    private async Task<(SignedCheckpoint?, string?)> NewestAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        try
        {
            return (await checkpoints.NewestAsync(tenant.Id, cancellationToken), null);
        }
        catch (CheckpointException damaged)
        {
            return (null, damaged.Message);
        }
    }
}
