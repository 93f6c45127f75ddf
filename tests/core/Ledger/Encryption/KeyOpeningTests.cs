using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Ledger.Proofs;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class KeyOpeningTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private readonly string folder = Directory.CreateTempSubdirectory("opening-").FullName;
    private readonly ManualClock clock = new();
    private readonly CustomerKeyVault keyVault;
    private readonly KeyRing ring;

    public KeyOpeningTests()
    {
        keyVault = new(new FileKeyWrapper(folder));
        ring = new(new MemoryDocuments(), new MemoryArchive(Contoso), keyVault, clock);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_unavailable_is_asked_for_every_half_minute_and_by_nobody_else()
    {
        keyVault.Unavailable = [Contoso];
        using var opening = Opening();
        await opening.StartAsync(Stop);
        ring.Unavailable.ShouldBe([(Contoso, CustomerKeyVault.Revoked)]);
        for (var i = 0; i < 10; i++)
            (await Should.ThrowAsync<KeyUnavailableException>(async () => await ring.ForEncryptionAsync(Contoso, [],
                Stop))).Tenant.ShouldBe(
                Contoso);
        keyVault.AskedFor(Contoso).ShouldBe(1);
        (await ring.ForEncryptionAsync(Fabrikam, [], Stop)).Tenant.ShouldBe(Fabrikam);

        await clock.PassUntilAsync(() => keyVault.AskedFor(Contoso) >= 2, KeyOpening.AskAgain, Stop);
        ring.Unavailable.ShouldNotBeEmpty();
        keyVault.Unavailable = [];
        await clock.PassUntilAsync(() => ring.Unavailable.Count == 0, KeyOpening.AskAgain, Stop);
        (await ring.ForEncryptionAsync(Contoso, [], Stop)).Tenant.ShouldBe(Contoso);
        await opening.ExecuteTask!;
    }

    [Fact]
    public async Task A_vault_that_hangs_keeps_no_other_tenant_waiting()
    {
        keyVault.Asking = static tenant => tenant == Contoso ? Task.Delay(Timeout.Infinite, Stop) : Task.CompletedTask;
        var hanging = ring.OpenAsync(Contoso, Stop).AsTask();
        (await ring.OpenAsync(Fabrikam, Stop)).Tenant.ShouldBe(Fabrikam);
        hanging.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_file_that_is_no_use_keeps_the_bot_from_starting_whoever_elses_key_is_unavailable()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "contoso.key"), "no key", Stop);
        keyVault.Unavailable = [Fabrikam];
        using var opening = Opening();
        var why = await Should.ThrowAsync<LedgerUnavailableException>(() => opening.StartAsync(Stop));
        why.ShouldNotBeOfType<KeyUnavailableException>();
        why.Message.ShouldContain("contoso.key");
    }

    [Fact]
    public async Task Where_nobody_can_be_served_the_bot_does_not_start()
    {
        keyVault.Unavailable = [Contoso, Fabrikam];
        using var opening = Opening();
        (await Should.ThrowAsync<KeyUnavailableException>(() => opening.StartAsync(Stop))).Message.ShouldBe(CustomerKeyVault.Revoked);
    }

    public void Dispose()
    {
        ring.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private KeyOpening Opening() => new(ring, new Both(), new InMemoryLedger(clock), clock, NullLogger<KeyOpening>.Instance);

    private sealed class Both : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON"), new(Fabrikam, "Fabrikam Ltd", "FAB")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
    }
}
