using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger;

public sealed class FairTurnsTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");

    private readonly FairTurns turns = new();

    [Fact]
    public void Who_comes_behind_another_clients_storm_is_in_the_next_batch()
    {
        for (var delivery = 0; delivery < 4; delivery++)
            turns.Add(Append(Contoso, entries: 4000));
        var alert = Append(Fabrikam, entries: 1);
        turns.Add(alert);

        Take(entries: 2048).ShouldNotContain(alert);
        Take(entries: 2048)[0].ShouldBe(alert);
    }

    [Fact]
    public void Each_clients_appends_stay_in_order_and_none_is_left_behind()
    {
        var contoso = Enumerable.Range(0, 5).Select(_ => Append(Contoso, entries: 3)).ToList();
        var fabrikam = Enumerable.Range(0, 2).Select(_ => Append(Fabrikam, entries: 1)).ToList();
        foreach (var append in contoso.Concat(fabrikam))
            turns.Add(append);

        List<PendingAppend> taken = [];
        while (turns.Count > 0)
            taken.AddRange(Take(entries: 4));

        taken.Where(append => append.Tenant == Contoso).ShouldBe(contoso);
        taken.Where(append => append.Tenant == Fabrikam).ShouldBe(fabrikam);
        taken.IndexOf(fabrikam[1]).ShouldBeLessThan(taken.IndexOf(contoso[2]));
    }

    [Fact]
    public void A_batch_takes_no_more_appends_than_it_may()
    {
        for (var each = 0; each < 10; each++)
            turns.Add(Append(Contoso, entries: 1));

        Take(appends: 4).Count.ShouldBe(4);
        turns.Count.ShouldBe(6);
    }

    private List<PendingAppend> Take(int appends = 1024, int entries = 2048)
    {
        List<PendingAppend> batch = [];
        turns.Take(batch, appends, entries);
        return batch;
    }

    private static PendingAppend Append(TenantId tenant, int entries) =>
        new(tenant, [], new PreparedEntry[entries], CancellationToken.None);
}
