using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>Reads the state, has it decided, appends; when somebody was faster, decides again on what is true then.</summary>
internal sealed class DecisionService(ILedger ledger, TenantStates states, ITenantDirectory tenants, ILogger<DecisionService> logger)
{
    private const int Tries = 10;
    private const string NothingRecorded =
        "The record cannot be written at the moment, so nothing was recorded and nothing was done. Try again in a minute.";

    private const string NobodyKnows =
        "The record does not answer, and whether this was recorded is not known. Look again in a minute; deciding twice does no harm.";

    /// <param name="subject">Whose proposal the answer shows; null for none.</param>
    /// <param name="recorded">Called as soon as the entries are durable.</param>
    public Task<RequestResult> RecordAsync(
        TenantId tenant, ProposalSubject? subject, Func<TenantState, Outcome> decide, Action? recorded,
        CancellationToken cancellationToken) =>
        RecordAsync(tenant, subject, decide, recorded, seen: null, cancellationToken);

    /// <param name="seen">
    /// The state that the caller has just read, which is decided on first. It is as good as one read here: what the decision rests on is
    /// held at the versions seen, and a conflict has it read anew. Null to read it.
    /// </param>
    /// <inheritdoc cref="RecordAsync(TenantId, ProposalSubject?, Func{TenantState, Outcome}, Action?, CancellationToken)" path="/param"/>
    public async Task<RequestResult> RecordAsync(
        TenantId tenant,
        ProposalSubject? subject,
        Func<TenantState, Outcome> decide,
        Action? recorded,
        TenantState? seen,
        CancellationToken cancellationToken)
    {
        if (tenants.Find(tenant) is null)
            return new(null, Refusal.UnknownIncident, $"This bot serves no tenant '{tenant}'.");
        try
        {
            for (var attempt = 1; attempt <= Tries; attempt++)
            {
                var state = attempt == 1 && seen is not null ? seen : await states.GetAsync(tenant, cancellationToken);
                if (subject?.Incident is { } asked)
                    state = await states.WithAsync(state, asked, cancellationToken);
                var decided = decide(state);
                if (decided is not Outcome.Append outcome)
                    return Shown(state, ((Outcome.Unchanged)decided).Answer);
                if (subject is null && await IsOnRecordAsync(tenant, outcome, cancellationToken))
                    return new(null, null, "That message was carried out already; nothing was done a second time.");
                // Not cancelled half way: whether it is durable would be anybody's guess.
                if (await ledger.AppendAsync(tenant, outcome.Expected, outcome.Entries, CancellationToken.None)
                    is AppendResult.Appended appended)
                {
                    recorded?.Invoke();
                    return await AfterAsync(state, subject, outcome, appended.Entries, cancellationToken);
                }
            }
            logger.TooManyConflicts(tenant, subject?.Text);
            return new(null, Refusal.RecordUnavailable, NothingRecorded);
        }
        catch (LedgerUnavailableException unavailable) when (unavailable is not (TenantLockedException or ClockJumpedException))
        {
            logger.LedgerUnavailable(tenant, unavailable);
            return new(null, Refusal.RecordUnavailable, unavailable.MayBeRecorded ? NobodyKnows : NothingRecorded);
        }
    }

    /// <summary>
    /// A message delivered again after a crash, whose effect somebody has taken back since, must not have it a second time. Its correlation
    /// id is the same each time; orders about a tenant are rare and their streams short. What is about an incident is known by its state.
    /// </summary>
    private async ValueTask<bool> IsOnRecordAsync(TenantId tenant, Outcome.Append outcome, CancellationToken cancellationToken)
    {
        foreach (var entry in outcome.Entries)
        {
            var earlier = await ledger.ReadStreamAsync(tenant, entry.Stream, cancellationToken);
            if (earlier.Any(known => known.Correlation == entry.Correlation && known.Actor == entry.Actor
                && known.Fact.GetType() == entry.Fact.GetType()))
                return true;
        }
        return false;
    }

    /// <summary>
    /// What was decided about as it now stands. When the append held the proposal's stream at what was seen, nothing about the decision
    /// came in between, and what was just appended is enough, which saves reading it again.
    /// </summary>
    private async ValueTask<RequestResult> AfterAsync(
        TenantState state, ProposalSubject? subject, Outcome.Append outcome, IReadOnlyList<LedgerEntry> entries,
        CancellationToken cancellationToken)
    {
        var done = new RequestResult(null, null, outcome.Message);
        if (subject is null)
            return done;
        if (!subject.IsIncident)
            return done with { Proposal = entries.Aggregate(state.Proposals,
                static (references, entry) => references.Apply(entry)).Find(subject) };
        var incident = await IncidentAfterAsync(state, subject, outcome.Expected, entries, cancellationToken);
        return done with { Proposal = incident?.Proposal, Incident = incident };
    }

    private async ValueTask<Incident?> IncidentAfterAsync(
        TenantState state, ProposalSubject subject, IReadOnlyList<StreamVersion> expected, IReadOnlyList<LedgerEntry> entries,
        CancellationToken cancellationToken)
    {
        if (expected.Any(held => held.Stream == subject.Stream))
            return Applied();
        try
        {
            return (await states.GetAsync(state.Tenant, cancellationToken)).FindIncident(subject);
        }
        catch (LedgerUnavailableException)
        {
            // It is recorded; only the newest view of it cannot be had.
            return Applied();
        }

        Incident? Applied() => entries.Aggregate(state.FindIncident(subject), static (incident, entry) => incident?.Apply(entry));
    }

    private static RequestResult Shown(TenantState state, RequestResult result) =>
        result.Proposal is { Subject.Incident: { } id } ? result with { Incident = state.Find(id) } : result;
}
