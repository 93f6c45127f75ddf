using DevOpsAI.Ledger;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Whether the Cosmos DB account can keep a ledger. Creates nothing in it.</summary>
internal sealed class CosmosCheck(LedgerToLookAt ledger) : ISetupCheck
{
    public string Name => "cosmos";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!ledger.IsInAccount)
            return SetupFinding.Skipped("Storage:Provider is not Cosmos.");
        try
        {
            return SetupFinding.From(await ledger.OpenAccount().FindProblemsAsync(cancellationToken),
                "The Cosmos DB account can keep the ledger.");
        }
        catch (LedgerUnavailableException away) when (away.InnerException is not Common.SecretUnavailableException)
        {
            return SetupFinding.Missing($"{away.Message.TrimEnd('.')}. See Storage:Cosmos:Endpoint and Storage:Cosmos:Key (or the role of "
                + "the bot's identity), and the account's firewall.");
        }
    }
}
