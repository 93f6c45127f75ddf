using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Cosmos;

public sealed class HeldLeasesTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");

    private readonly ManualClock clock = new();
    private readonly HeldLeases leases;
    private readonly HashSet<TenantId> followed = [];

    public HeldLeasesTests() => leases = new(clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_comes_with_the_first_lease_about_it_and_goes_with_the_last()
    {
        Tell("parent", Contoso);
        Tell("child", Contoso);
        Tell("child", Fabrikam);
        (await leases.ReleaseAsync("parent", Release)).ShouldBeTrue();
        followed.ShouldBe([Contoso, Fabrikam], ignoreOrder: true);
        (await leases.ReleaseAsync("child", Release)).ShouldBeTrue();
        followed.ShouldBeEmpty();
        leases.IsMine(Contoso).ShouldBeFalse();
        (await leases.ReleaseAsync("child", Release)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_tenant_that_comes_again_while_it_goes_stays()
    {
        Tell("parent", Contoso);
        using var going = new ManualResetEventSlim();
        using var coming = new ManualResetEventSlim();
        using var came = new ManualResetEventSlim();
        var heardTooEarly = true;
        var released = Task.Run(
            () => leases.ReleaseAsync("parent", tenant =>
            {
                going.Set();
                // The other lease tells now. It must not be heard before this tenant has gone, and then it must be.
                coming.Wait(Cancel);
                heardTooEarly = came.Wait(TimeSpan.FromMilliseconds(200), Cancel);
                return Release(tenant);
            }),
            Cancel);
        going.Wait(Cancel);
        var told = Task.Run(
            () =>
            {
                coming.Set();
                Tell("child", Contoso);
                came.Set();
            },
            Cancel);
        await Task.WhenAll(released, told);
        heardTooEarly.ShouldBeFalse();
        leases.IsMine(Contoso).ShouldBeTrue();
        followed.ShouldBe([Contoso]);
    }

    [Fact]
    public async Task Whatever_comes_and_goes_at_once_what_is_followed_is_what_is_held()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(worker);
                for (var n = 0; n < 5_000; n++)
                {
                    var token = $"{worker}-{random.Next(2)}";
                    if (random.Next(2) == 0)
                        Tell(token, random.Next(2) == 0 ? Contoso : Fabrikam);
                    else
                        await leases.ReleaseAsync(token, Release);
                }
            },
            Cancel)));
        foreach (var tenant in new[] { Contoso, Fabrikam })
            followed.Contains(tenant).ShouldBe(leases.IsMine(tenant));
    }

    [Fact]
    public async Task Who_waits_is_told_of_the_next_tenant_only()
    {
        Tell("one", Contoso);
        var next = leases.NextAsync(Cancel);
        Tell("one", Contoso);
        next.IsCompleted.ShouldBeFalse();
        Tell("two", Fabrikam);
        await next.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
    }

    [Fact]
    public void A_lease_that_tells_nothing_is_found_after_a_while()
    {
        leases.Hold("silent");
        leases.Hold("told").HasTold = true;
        leases.Untold(TimeSpan.FromSeconds(30)).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(31));
        leases.Untold(TimeSpan.FromSeconds(30)).ShouldHaveSingleItem().Token.ShouldBe("silent");
    }

    private void Tell(string token, TenantId tenant) => leases.Tell(leases.Hold(token), tenant, one => followed.Add(one));

    /// <summary>As whoever follows does: dropped at once, the rest takes its time.</summary>
    private Task Release(TenantId tenant)
    {
        followed.Remove(tenant);
        return Task.Delay(1, CancellationToken.None);
    }
}
