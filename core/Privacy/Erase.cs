using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Privacy;

/// <summary>
/// An administrator asks that the personal data of a person or user become unreadable for good. Another administrator agrees by asking for
/// the same; in local mode, where everybody is administrator, one is enough and the record says so.
/// </summary>
/// <param name="Subject">An Entra object id, or the mail address or principal name of a user.</param>
public sealed record Erase(TenantId Tenant, Person By, string Subject, string? Reason, CorrelationId Correlation) : IRequest<RequestResult>;

internal sealed class EraseHandler(ILedger ledger, TenantStates states, IAccess access, IKeyRing keys, ITenantDirectory tenants)
    : IRequestHandler<Erase, RequestResult>
{
    private const int Tries = 10;
    private const int MaxReasonLength = 500;

    public async Task<RequestResult> Handle(Erase request, CancellationToken cancellationToken)
    {
        if (tenants.Find(request.Tenant) is null)
            return new(null, Refusal.UnknownIncident, $"This bot serves no tenant '{request.Tenant}'.");
        try
        {
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                var state = await states.GetAsync(request.Tenant, cancellationToken);
                if (Check(state, request) is { } refused)
                    return refused;
                if (await Subjects.FindAsync(keys, request.Tenant, request.Subject, cancellationToken) is not { } subject)
                    return new(null, null,
                        $"Nothing on the record of {request.Tenant} is about that person, so there is nothing to erase.");
                var past = await ledger.ReadStreamAsync(request.Tenant, StreamId.Erasure(subject.Key), cancellationToken);
                switch (Decide(state, subject, past, request))
                {
                    case Outcome.Unchanged unchanged:
                        return unchanged.Answer;
                    case Outcome.Append outcome
                        when await ledger.AppendAsync(request.Tenant, outcome.Expected, outcome.Entries, CancellationToken.None)
                            is AppendResult.Appended:
                        return new(null, null, outcome.Message);
                }
            }
        }
        catch (LedgerUnavailableException unavailable) when (unavailable.MayBeRecorded)
        {
            return new(null, Refusal.RecordUnavailable, "The record does not answer, and whether this was recorded is not known. "
                + "Look again in a minute; asking twice does no harm.");
        }
        catch (LedgerUnavailableException)
        {
            // Told below.
        }
        return new(null, Refusal.RecordUnavailable,
            "The record cannot be written at the moment, so nothing was recorded and nothing was erased. Try again in a minute.");
    }

    private RequestResult? Check(TenantState state, Erase request)
    {
        if (!access.GetRoles(state, request.By.ObjectId).Contains(Role.Administrator))
            return new(null, Refusal.NotAllowed, $"Only administrators of {state.Tenant} may have personal data erased.");
        return request.Reason is { Length: > MaxReasonLength }
            ? new(null, Refusal.BadInput, $"The reason may have {MaxReasonLength} characters at most; yours has {request.Reason.Length}.")
            : null;
    }

    private Outcome Decide(TenantState state, Subject subject, IReadOnlyList<LedgerEntry> past, Erase request)
    {
        if (Subjects.CheckUnused(state, subject.Key) is { } why)
            return Outcome.Refuse(null, Refusal.NotPossible, why);
        var stream = StreamId.Erasure(subject.Key);
        StreamVersion[] expected = [new(stream, past.Count), state.GetVersion(StreamId.Access)];
        var by = request.By.AsActor();
        var approval = new NewEntry(stream, by, request.Correlation, new ErasureApproved(subject.Key), past.Count > 0 ? past[0].Seq : null);
        if (past.Count == 0)
        {
            var asked = new NewEntry(stream, by, request.Correlation,
                new ErasureRequested(subject.Key, subject.Kind, subject.ObjectId, request.Reason));
            return access.EverybodyIsAdministrator
                ? new Outcome.Append(expected, [asked, approval],
                    "Recorded, and agreed to at once because everybody is administrator here. The personal data becomes unreadable now; "
                    + "this cannot be taken back.")
                : new Outcome.Append(expected, [asked],
                    $"Recorded. Another administrator of {state.Tenant} has to ask for the same; then the personal data becomes "
                    + $"unreadable, and that cannot be taken back.");
        }
        if (past.Any(static entry => entry.Fact is ErasureApproved))
            return Outcome.AlreadySo("Two administrators have agreed to that already; it is being carried out.");
        return past[0].Actor.IsSame(request.By.ObjectId) && !access.EverybodyIsAdministrator
            ? Outcome.Refuse(null, Refusal.OwnRequest, "You have asked for that yourself; another administrator has to ask for the same.")
            : new Outcome.Append(expected, [approval],
                "Agreed and recorded. The personal data becomes unreadable now; this cannot be taken back.");
    }
}
