using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>
/// Makes whoever types the code that a start printed administrator of every client that has none, on record at each: the role is given by
/// the code, and not by a person.
/// </summary>
internal sealed class ClaimAdministrationHandler(
    AdministratorCode code, DecisionService recorder, ITenantDirectory tenants, Administrators administrators,
    IOptions<AccessOptions> options)
    : IRequestHandler<ClaimAdministration, RequestResult>
{
    private const string NoneGood =
        "There is no code that is good now: one is printed at a start with Access:FirstAdministratorCode=true, works for ten minutes, and "
        + "for one person. Start the bot again for another.";

    /// <summary>What is said once a code was read by somebody else than whom it is for.</summary>
    public const string VoidNow = "The code that stood there is good no more. Start the bot again for another.";

    public async Task<RequestResult> Handle(ClaimAdministration request, CancellationToken cancellationToken)
    {
        if (!options.Value.FirstAdministratorCode)
            return new(null, Refusal.NotPossible, NoneGood);
        try
        {
            var isForeign = request.IsGuest || request.By.ObjectId.Value.Contains('/', StringComparison.Ordinal);
            if (!request.IsPrivate || isForeign)
                return await RefuseAsync(request, isForeign, cancellationToken);
            return await UseAsync(request, cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            return new(null, Refusal.RecordUnavailable, "The code cannot be looked at now. Try again in a minute.");
        }
    }

    /// <summary>Somebody has the code who is not to have it.</summary>
    private async Task<RequestResult> RefuseAsync(ClaimAdministration request, bool isForeign, CancellationToken cancellationToken)
    {
        var isVoid = await code.VoidIfSaidAsync(request.Code, cancellationToken);
        var why = isForeign
            ? "The first administrator belongs to this directory; guests of it cannot be."
            : "Others read this conversation: the code is to be sent to me in a personal chat.";
        return new(null, isForeign ? Refusal.NotAllowed : Refusal.NotPossible, isVoid ? $"{why} {VoidNow}" : why);
    }

    private async Task<RequestResult> UseAsync(ClaimAdministration request, CancellationToken cancellationToken)
    {
        return await code.UseAsync(request.Code, cancellationToken) switch
        {
            CodeUse.Wrong => new(
                null, Refusal.NotAllowed, "That is not the code that was printed. After ten wrong ones it is good no more."),
            CodeUse.NoneGood => new(null, Refusal.NotPossible, NoneGood),
            _ => await GiveAsync(request),
        };
    }

    /// <summary>The code is used up: nobody who hangs up keeps it from going through.</summary>
    private async Task<RequestResult> GiveAsync(ClaimAdministration request)
    {
        List<string> given = [];
        List<string> failed = [];
        foreach (var tenant in tenants.All)
        {
            var result = await recorder.RecordAsync(tenant.Id, null, state => Decide(state, request), null, CancellationToken.None);
            if (result.IsDone)
                given.Add(tenant.Name);
            else if (result.Refusal != Refusal.AlreadyDecided)
                failed.Add($"{tenant.Name}: {result.Message}");
        }
        if (given.Count == 0)
            return new(null, Refusal.NotPossible, string.Join(' ', failed.DefaultIfEmpty("Every client has an administrator already.")));
        var message = $"You are now administrator of {string.Join(", ", given)}. Give others their roles: assign approver "
            + $"{tenants.All[0].Id} @person.";
        return new(null, null, failed.Count == 0 ? message : $"{message} Not of {string.Join(' ', failed)}");
    }

    private Outcome Decide(TenantState state, ClaimAdministration request) =>
        administrators.HasOne(state)
            ? Outcome.Refuse(null, Refusal.AlreadyDecided, $"{state.Name} has an administrator already.")
            : new Outcome.Append([state.GetVersion(StreamId.Access)],
                [new(StreamId.Access, Actor.Service("one-time code"), request.Correlation,
                    new RoleAssigned(request.By.ObjectId.Folded, request.By.Name, Role.Administrator, Held: true))],
                $"{GateMessages.Said(request.By.Name)} is now administrator of {state.Name}.");
}
