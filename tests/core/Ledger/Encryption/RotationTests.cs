using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Encryption;

/// <summary>Rotations that are stopped anywhere, and rotations that come together.</summary>
public sealed class RotationTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string folder = Directory.CreateTempSubdirectory("rotation-test-").FullName;
    private readonly LedgerMetrics metrics = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string KeyPath => Path.Combine(folder, "keys", "contoso.key");

    [Theory]
    [InlineData(Instant.BeforeTheNewKey)]
    [InlineData(Instant.BeforeItIsStored)]
    [InlineData(Instant.BeforeTheOldKeyGoes)]
    [InlineData(Instant.WhileTheOldKeyGoes)]
    [InlineData(Instant.BeforeItIsRecorded)]
    public async Task Wherever_it_is_stopped_everything_stays_readable_and_the_next_one_finishes_it(Instant instant)
    {
        await WriteAsync();
        using (var keyRing = Crashing(instant))
        {
            if (instant == Instant.BeforeItIsRecorded)
                await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("first"), Stop);
            else
                await Should.ThrowAsync<IOException>(async () => await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("first"),
                    Stop));
        }
        (await NamesAsync()).ShouldBe(["Ana Approver"]);
        using (var keyRing = new LocalKeyRing(folder))
        {
            var rotated = (await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("second"), Stop)).ShouldNotBeNull();
            // What was stored is finished, what was not begins anew.
            rotated.Correlation.Value.ShouldBe(instant is Instant.BeforeTheOldKeyGoes or Instant.WhileTheOldKeyGoes ? "first" : "second");
            using var ledger = Open(keyRing);
            await Task.WhenAll(Enumerable.Range(0, 4)
                .Select(async _ => await new RotationRecord(keyRing.Keys, ledger).RecordAsync(Contoso, Stop)));
            (await keyRing.Keys.UnrecordedAsync(Contoso, Stop)).ShouldBeEmpty();
        }
        var recorded = await RecordedAsync();
        recorded.Count.ShouldBe(instant == Instant.BeforeItIsRecorded ? 2 : 1);
        Directory.GetFiles(Path.Combine(folder, "keys")).ShouldBe([KeyPath, KeyPath + ".lock"], ignoreOrder: true);
        KeyFile.Read(KeyPath).ShouldNotBeNull().Id.ShouldBe(recorded[^1].To["file:".Length..]);
        (await NamesAsync()).First().ShouldBe("Ana Approver");
        Verify().Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_at_once_take_turns_while_others_open_the_keys_and_none_is_lost()
    {
        await WriteAsync();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var opening = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var opened = 0;
            for (; !done.IsCancellationRequested; opened++)
            {
                // An instance that starts now.
                using var keyRing = new LocalKeyRing(folder);
                var entries = await new SqliteArchive(Path.Combine(folder, LedgerFile.Name)).ReadAsync(Contoso, 1, 1, Stop)
                    .ToListAsync(Stop);
                (await CoreFeatures.Codec.DecodeAsync(Contoso, entries, keyRing.Keys, Stop)).ShouldHaveSingleItem().Actor.Name
                    .ShouldBe("Ana Approver");
            }
            return opened;
        }, Stop)).ToList();
        var rotating = Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            var rotated = 0;
            for (var turn = 0; turn < 10; turn++)
            {
                using var keyRing = new LocalKeyRing(folder);
                try
                {
                    (await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse($"{n}-{turn}"), Stop)).ShouldNotBeNull();
                    rotated++;
                }
                catch (LedgerUnavailableException refused)
                {
                    refused.Message.ShouldContain("is being rotated by another process");
                }
            }
            return rotated;
        }, Stop)).ToList();
        var sum = (await Task.WhenAll(rotating)).Sum();
        await done.CancelAsync();
        (await Task.WhenAll(opening)).Sum().ShouldBePositive();
        sum.ShouldBePositive();

        using (var keyRing = new LocalKeyRing(folder))
        using (var ledger = Open(keyRing))
            await new RotationRecord(keyRing.Keys, ledger).RecordAsync(Contoso, Stop);
        var recorded = await RecordedAsync();
        recorded.Count.ShouldBe(sum);
        foreach (var (earlier, later) in recorded.Zip(recorded.Skip(1)))
            later.From.ShouldBe(earlier.To);
        KeyFile.Read(KeyPath).ShouldNotBeNull().Id.ShouldBe(recorded[^1].To["file:".Length..]);
        (await NamesAsync()).First().ShouldBe("Ana Approver");
    }

    [Fact]
    public async Task A_bot_that_runs_meanwhile_goes_on_and_starts_again_afterwards()
    {
        await WriteAsync();
        using (var running = new LocalKeyRing(folder))
        using (var ledger = Open(running))
        {
            await AppendAsync(ledger, "before");
            using (var other = new LocalKeyRing(folder))
                await other.Keys.RotateAsync(Contoso, CorrelationId.Parse("c"), Stop);
            await AppendAsync(ledger, "after");
            (await ledger.ReadAsync(Contoso, 0, 10, Stop)).Select(static entry => entry.Actor.Name)
                .ShouldBe(["Ana Approver", "before", "after"]);
            await new RotationRecord(running.Keys, ledger).RecordAsync(Contoso, Stop);
        }
        (await NamesAsync()).ShouldBe(["Ana Approver", "before", "after", "local-operator"]);
        (await RecordedAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Bots_that_start_at_once_on_one_folder_of_keys_make_one_key()
    {
        var files = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => KeyFile.Create(KeyPath), Stop)));
        files.Select(static file => file.Id).Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(Path.Combine(folder, "keys")).ShouldBe([KeyPath]);
    }

    [Fact]
    public async Task A_tenant_without_encrypted_data_has_nothing_to_rotate_and_gets_no_key_by_that()
    {
        using var keyRing = new LocalKeyRing(folder);
        (await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("c"), Stop)).ShouldBeNull();
        Directory.Exists(Path.Combine(folder, "keys")).ShouldBeFalse();
    }

    public void Dispose()
    {
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private LocalKeyRing Crashing(Instant instant) => new(folder, new CrashingKeys(Path.Combine(folder, "keys"), instant));

    private SqliteLedger Open(LocalKeyRing keyRing) =>
        new(folder, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);

    private static async Task AppendAsync(SqliteLedger ledger, string name) =>
        (await ledger.AppendAsync(Contoso, [],
            [new(StreamId.Freeze, new(ActorKind.Person, name, name), CorrelationId.Parse("c"), new FreezeSet("why"))],
            Stop)).ShouldBeOfType<AppendResult.Appended>();

    private async Task WriteAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        await AppendAsync(ledger, "Ana Approver");
    }

    private async Task<List<string>> NamesAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        return [.. (await ledger.ReadAsync(Contoso, 0, 100, Stop)).Select(static entry => entry.Actor.Name)];
    }

    private async Task<List<KeyRotated>> RecordedAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        return [.. (await ledger.ReadStreamAsync(Contoso, StreamId.Keys, Stop)).Select(static entry => (KeyRotated)entry.Fact)];
    }

    private TenantVerification Verify() =>
        LedgerVerifier.VerifyFile(Path.Combine(folder, LedgerFile.Name), Contoso, CancellationToken.None).ShouldNotBeNull()
            .ShouldHaveSingleItem();

    /// <summary>Where a rotation is stopped.</summary>
    public enum Instant { BeforeTheNewKey, BeforeItIsStored, BeforeTheOldKeyGoes, WhileTheOldKeyGoes, BeforeItIsRecorded }

    private sealed class CrashingKeys(string keys, Instant instant) : IKeyWrapper
    {
        private readonly FileKeyWrapper inner = new(keys);
        private bool wrapped;

        public ValueTask<WrappedKey> WrapAsync(
            TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken) =>
            inner.WrapAsync(tenant, key, mayCreate, cancellationToken);

        public ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey key, CancellationToken cancellationToken) =>
            wrapped && instant == Instant.BeforeItIsStored
                ? throw new IOException("crash")
                : inner.UnwrapAsync(tenant, key, cancellationToken);

        public async ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken) =>
            new Rotation(this, await inner.BeginRotationAsync(tenant, cancellationToken));

        private sealed class Rotation(CrashingKeys owner, IKeyRotation rotation) : IKeyRotation
        {
            public ValueTask<WrappedKey> WrapAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
            {
                owner.wrapped = true;
                return owner.Is(Instant.BeforeTheNewKey) ? throw new IOException("crash") : rotation.WrapAsync(key, cancellationToken);
            }

            public ValueTask<bool> EndAsync(WrappedKey stored, CancellationToken cancellationToken)
            {
                if (!owner.wrapped || !(owner.Is(Instant.BeforeTheOldKeyGoes) || owner.Is(Instant.WhileTheOldKeyGoes)))
                    return rotation.EndAsync(stored, cancellationToken);
                // The old key under its second name, not yet gone under its first one.
                if (owner.Is(Instant.WhileTheOldKeyGoes))
                    File.Copy(owner.Current, owner.Current + ".old");
                throw new IOException("crash");
            }

            public void Dispose() => rotation.Dispose();
        }

        private string Current => Path.Combine(keys, "contoso.key");

        private bool Is(Instant one) => instant == one;
    }
}
