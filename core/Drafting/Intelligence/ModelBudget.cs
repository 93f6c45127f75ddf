using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// What each tenant may still use of the model today. What was used is read from the ledger, so that a restart forgets nothing; what is
/// under way here is held against it until it is on record.
/// </summary>
internal sealed class ModelBudget(IOptions<IntelligenceOptions> options, TenantStates states, TimeProvider clock)
{
    /// <summary>English has some four characters to a token, other languages fewer: rather too many are counted.</summary>
    private const int CharactersPerToken = 3;

    private readonly Dictionary<TenantId, (long Tokens, long CostMicros)> underWay = [];
    private readonly Lock gate = new();

    public static long Estimate(ModelQuestion question) =>
        ((question.Everything.Length + question.Schema.Length) / CharactersPerToken) + 1;

    /// <summary>
    /// Reserves the most that the question can use; null when that is more than is left. Give it back once it is on record.
    /// </summary>
    public async ValueTask<IDisposable?> TryReserveAsync(TenantId tenant, ModelQuestion question, CancellationToken cancellationToken)
    {
        var used = (await states.GetAsync(tenant, cancellationToken)).Get<ModelUse>().On(ModelUse.GetDay(clock.GetUtcNow()));
        var prompt = Estimate(question);
        var tokens = prompt + question.MaxAnswerTokens;
        var cost = options.Value.GetCostMicros(prompt, question.MaxAnswerTokens);
        lock (gate)
        {
            var (otherTokens, otherCost) = underWay.GetValueOrDefault(tenant);
            if (used.Tokens + otherTokens + tokens > options.Value.DailyTokens
                || used.CostMicros + otherCost + cost > (options.Value.DailyCost ?? long.MaxValue / 2_000_000) * 1_000_000)
                return null;
            underWay[tenant] = (otherTokens + tokens, otherCost + cost);
        }
        return new Reservation(this, tenant, tokens, cost);
    }

    private sealed class Reservation(ModelBudget budget, TenantId tenant, long tokens, long cost) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 1)
                return;
            lock (budget.gate)
            {
                var (otherTokens, otherCost) = budget.underWay[tenant];
                budget.underWay[tenant] = (otherTokens - tokens, otherCost - cost);
            }
        }
    }
}
