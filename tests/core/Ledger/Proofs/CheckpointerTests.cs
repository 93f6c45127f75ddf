using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class CheckpointerTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;
    private readonly SqliteLedger ledger;
    private readonly MemoryDocuments documents = new();
    private readonly CheckpointStatus status = new();
    private readonly FarPlace place = new();
    private readonly TestKey key = new("test/contoso");
    private readonly CheckpointsByTenant checkpoints;
    private readonly WitnessRounds witnesses;
    private readonly Checkpointer checkpointer;

    public CheckpointerTests()
    {
        folder = new(clock);
        ledger = folder.Open();
        var archive = new SqliteArchive(folder.File);
        var tree = new LedgerTree(archive, documents);
        var places = new CheckpointPlaces(new(System.IO.Path.Combine(folder.Path, "checkpoints")), place);
        checkpoints = new(tenant => new(tenant, "test/contoso", tree, new(documents), new(documents), key, places), clock);
        witnesses = new([], tree, documents, status, NullLogger<WitnessRounds>.Instance);
        checkpointer = Checkpointer(new Followed { Mine = true });
    }

    [Fact]
    public async Task A_quiet_ledger_gets_one_heartbeat_an_hour_and_one_checkpoint_for_it()
    {
        await AppendAsync();
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromMinutes(15));
        for (var minutes = 1; minutes <= 5 * 60; minutes++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await checkpointer.LookAsync(Contoso, Cancel);
            await checkpointer.LookAsync(Contoso, Cancel);
        }
        (await ledger.HeadAsync(Contoso, Cancel)).ShouldBe(1 + 5);
        var beats = await ledger.ReadStreamAsync(Contoso, StreamId.Ledger, Cancel);
        beats.Select(beat => beat.Fact.ShouldBeOfType<LedgerHeartbeat>().CheckpointSize).ShouldBe([1, 2, 3, 4, 5]);
        (await new Checkpoints(documents).AllAsync(Contoso, Cancel).ToListAsync(Cancel)).Select(one => one.Checkpoint.Size)
            .ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task An_empty_ledger_gets_its_heartbeats_too()
    {
        await checkpointer.LookAsync(Contoso, Cancel);
        clock.Advance(TimeSpan.FromMinutes(61));
        await checkpointer.LookAsync(Contoso, Cancel);
        (await ledger.HeadAsync(Contoso, Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Work_puts_the_heartbeat_off()
    {
        await AppendAsync();
        clock.Advance(TimeSpan.FromMinutes(59));
        await AppendAsync();
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromMinutes(15));
        clock.Advance(TimeSpan.FromMinutes(50));
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromMinutes(10));
        (await ledger.HeadAsync(Contoso, Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task A_clock_turned_back_is_said_and_heartbeats_go_on_by_the_watch()
    {
        await AppendAsync();
        await checkpointer.LookAsync(Contoso, Cancel);
        clock.SetUtcNow(clock.GetUtcNow() - TimeSpan.FromDays(1));
        await checkpointer.LookAsync(Contoso, Cancel);
        status.Problems.Values.ShouldContain(problem => problem.Contains("clock", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromDays(2));
        await checkpointer.LookAsync(Contoso, Cancel);
        await checkpointer.LookAsync(Contoso, Cancel);
        status.Problems.ShouldBeEmpty();
        (await ledger.HeadAsync(Contoso, Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task What_keeps_it_from_signing_is_told_and_tried_again_soon()
    {
        await AppendAsync();
        documents.IsAway = true;
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromSeconds(30));
        status.Problems["contoso"].ShouldContain("away");
        documents.IsAway = false;
        await checkpointer.LookAsync(Contoso, Cancel);
        status.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_shrunken_ledger_is_told_and_not_signed()
    {
        await AppendAsync();
        using var attacker = new TestKey("test/contoso");
        documents["contoso", "checkpoint-newest", "newest"] =
            System.Text.Encoding.UTF8.GetBytes(key.Sign(new Checkpoint("test/contoso", 9, new byte[32])).ToString());
        await checkpointer.LookAsync(Contoso, Cancel);
        status.Problems["contoso"].ShouldContain("its end is missing");
        checkpoints.For(Contoso).Newest.ShouldBeNull();
    }

    [Fact]
    public async Task What_was_wrong_is_forgotten_when_another_instance_has_the_tenant_and_not_when_nobody_can_tell()
    {
        var followed = new Followed { Mine = true };
        using var one = Checkpointer(followed);
        var signed = System.Threading.Channels.Channel.CreateUnbounded<bool>().Writer;
        await AppendAsync();
        status.Report(TenantId.Parse("contoso-two"), null, "away");
        status.Report(Contoso, "witnesses", "away");
        documents.IsAway = true;
        await one.LookAndTellAsync(Contoso, signed, Cancel);
        documents.IsAway = false;
        status.Problems.Keys.Order().ShouldBe(["contoso", "contoso witnesses", "contoso-two"]);
        followed.CannotTell = true;
        await one.LookAndTellAsync(Contoso, signed, Cancel);
        status.Problems.Count.ShouldBe(3);
        (followed.CannotTell, followed.Mine) = (false, false);
        await one.LookAndTellAsync(Contoso, signed, Cancel);
        status.Problems.Keys.ShouldBe(["contoso-two"]);
    }

    [Fact]
    public async Task A_clean_stop_leaves_nothing_unsigned_and_a_tenant_of_another_instance_alone()
    {
        var followed = new Followed { Mine = true };
        using var one = Checkpointer(followed);
        await AppendAsync();
        await one.StopAsync(Cancel);
        checkpoints.For(Contoso).Newest!.Checkpoint.Size.ShouldBe(1);
        await AppendAsync();
        documents.IsAway = true;
        await one.StopAsync(Cancel);
        documents.IsAway = false;
        checkpoints.For(Contoso).Newest!.Checkpoint.Size.ShouldBe(1);
    }

    [Fact]
    public async Task Whatever_a_person_does_and_every_256th_entry_is_signed_soon()
    {
        var subscription = new CheckpointSubscription(new());
        await AppendAsync();
        var first = (await ledger.ReadAsync(Contoso, 0, 1, Cancel))[0];
        subscription.GetPartitionKey(first).ShouldNotBeNull();
        var later = first with { Seq = 300 };
        subscription.GetPartitionKey(later).ShouldBeNull();
        subscription.GetPartitionKey(later with { Actor = new(ActorKind.Person, "ada", "Ada") }).ShouldNotBeNull();
        subscription.GetPartitionKey(later with { Fact = new DevOpsAI.Ledger.Encryption.ErasureCompleted("u1", null) }).ShouldNotBeNull();
        subscription.GetPartitionKey(later with { Seq = 512 }).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_place_that_does_not_take_checkpoints_is_told_and_tried_again_soon()
    {
        await AppendAsync();
        place.IsAway = true;
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromSeconds(30));
        await AppendAsync();
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromSeconds(30));
        status.Problems.ShouldHaveSingleItem().ShouldBe(
            new("contoso container", "far away cannot be compared with the ledger: it is away"));
        checkpoints.For(Contoso).Newest!.Checkpoint.Size.ShouldBe(2);
        place.IsAway = false;
        (await checkpointer.LookAsync(Contoso, Cancel)).ShouldBe(TimeSpan.FromMinutes(15));
        status.Problems.ShouldBeEmpty();
        place.Sizes.ShouldBe([1, 2]);
    }

    private sealed class FarPlace : ICheckpointPlace
    {
        public bool IsAway { get; set; }

        public List<long> Sizes { get; } = [];

        public string Kind => "container";

        public string Address => "far away";

        public ValueTask<FoundCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken) =>
            IsAway ? throw new IOException("it is away") : default;

        public ValueTask WriteAsync(TenantId tenant, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            if (IsAway)
                throw new IOException("it is away");
            Sizes.Add(checkpoint.Checkpoint.Size);
            return ValueTask.CompletedTask;
        }

        public string GetRemedy(string where) => "wait";
    }

    private sealed class Contosos : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => null;
    }

    private sealed class Followed : ISubscribedTenants
    {
        public bool Mine { get; set; }

        public bool CannotTell { get; set; }

        public bool IsMine(TenantId tenant) => CannotTell ? throw new LedgerUnavailableException("It is away.") : Mine;

        public Task NextAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping) => Task.CompletedTask;
    }

    public void Dispose()
    {
        checkpointer.Dispose();
        folder.Dispose();
        key.Dispose();
    }

    private Checkpointer Checkpointer(ISubscribedTenants followed)
    {
        var options = Options.Create(new CheckpointOptions { CheckpointEvery = TimeSpan.FromMinutes(15) });
        return new(
            new(new Contosos(), followed, ledger), new(), new(checkpoints, witnesses, key),
            new(ledger, new(ledger, CoreFeatures.Catalog), checkpoints, options, clock), status, options, clock,
            NullLogger<Checkpointer>.Instance);
    }

    private async Task AppendAsync() => await ledger.AppendAsync(
        Contoso, [], [new(StreamId.Freeze, Actor.Service("test"), CorrelationId.Parse("c0ffee"), new DevOpsAI.Gates.FreezeSet("because"))],
        Cancel);
}
