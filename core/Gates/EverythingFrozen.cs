using System.Collections.Concurrent;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>
/// One act that stops everything or lets it go on. It is written to every tenant's own ledger, because there is nothing above them that
/// every instance reads; what could not be written is told, and saying it again does the rest.
/// </summary>
internal sealed class EverythingFrozen(Recorder recorder, ITenantDirectory tenants, IAccess access)
    : IRequestHandler<FreezeEverything, Answer>, IRequestHandler<UnfreezeEverything, Answer>
{
    private const int MostAtOnce = 8;

    public async Task<Answer> Handle(FreezeEverything request, CancellationToken cancellationToken)
    {
        if (Freezes.WhyNotReason(request.Reason, needed: true) is { } why)
            return new(null, Refusal.BadInput, why);
        request = request with { Reason = request.Reason.Trim() };
        var answers = await OfEachAsync((state, roles) => Freezes.SetEverything(state, request, roles), request.By);
        return Sum(answers, Refusal.AlreadyDecided,
            done: clients =>
                $"Everything is frozen for {clients}: nothing is approved or executed until another administrator says 'unfreeze "
                + $"everything'.",
            none: "Only administrators may freeze everything.");
    }

    public async Task<Answer> Handle(UnfreezeEverything request, CancellationToken cancellationToken)
    {
        if (Freezes.WhyNotReason(request.Reason, needed: false) is { } why)
            return new(null, Refusal.BadInput, why);
        request = request with { Reason = string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim() };
        var answers = await OfEachAsync((state, roles) => Freezes.LiftEverything(state, request, roles), request.By);
        return Sum(answers, Refusal.NotPossible,
            done: clients =>
                $"The stop of everything is lifted for {clients}; what waits can be approved again. A client's own freeze stays until it "
                + $"is lifted.",
            none: "Only administrators may lift a stop of everything.");
    }

    private async Task<IReadOnlyList<(Tenant Tenant, Answer Answer)>> OfEachAsync(
        Func<TenantState, IReadOnlySet<Role>, Outcome> decide, Person by)
    {
        var answers = new ConcurrentDictionary<TenantId, Answer>();
        // Once begun it goes through: half a stop is the worst of both.
        await Parallel.ForEachAsync(tenants.All,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = CancellationToken.None }, async (tenant, _) =>
            answers[tenant.Id] =
                await recorder.RecordAsync(
                    tenant.Id, null, state => decide(state, access.RolesOf(state, by.ObjectId)), null, CancellationToken.None));
        return [.. tenants.All.Select(tenant => (tenant, answers[tenant.Id]))];
    }

    /// <param name="already">The refusal of a tenant where it is so already.</param>
    private Answer Sum(IReadOnlyList<(Tenant Tenant, Answer Answer)> answers, Refusal already, Func<string, string> done, string none)
    {
        var so = answers.Where(one => one.Answer.IsDone || one.Answer.Refusal == already).ToList();
        var open = answers.Except(so).ToList();
        var failed = open.Where(static one => one.Answer.Refusal != Refusal.NotAllowed).ToList();
        var forbidden = open.Count - failed.Count;
        // Whoever is administrator nowhere hears of no client, and nobody hears names: this may be said where one client's people listen.
        if (so.Count == 0)
            return forbidden > 0 || failed.Count == 0 ? new(null, Refusal.NotAllowed, none) : failed[0].Answer;
        var sentences = new List<string>();
        if (so.Exists(static one => one.Answer.IsDone))
            sentences.Add(
                done(so.Count == 1 && answers.Count == 1
                    ? so[0].Tenant.Name
                    : $"{(so.Count == answers.Count ? "all " : "")}{Sentences.Count(so.Count, "client")}"));
        else
            sentences.Add(already == Refusal.AlreadyDecided ? so[0].Answer.Sentence : "Nothing is frozen with everything.");
        if (failed.Count > 0)
            sentences.Add($"Not for {Sentences.Count(failed.Count, "client")}: {failed[0].Answer.Sentence} Say it again then.");
        if (forbidden > 0)
            sentences.Add($"Not for {Sentences.Count(forbidden, "client")} where you are no administrator.");
        if (tenants.Elsewhere.Count > 0)
            sentences.Add(
                $"{Sentences.Count(tenants.Elsewhere.Count, "client")} kept in another region "
                + $"{(tenants.Elsewhere.Count == 1 ? "is" : "are")} served by another bot; say it there too.");
        return new(null, so.Exists(static one => one.Answer.IsDone) ? null : so[0].Answer.Refusal, string.Join(' ', sentences));
    }
}
