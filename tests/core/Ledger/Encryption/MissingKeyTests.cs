using System.Collections.Concurrent;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Encryption;

/// <summary>Whoever can write the documents can take a key away. That is no erasure, and does not look like one.</summary>
public sealed class MissingKeyTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private const string Address = "sam@contoso.com";
    private static readonly Actor Jo = new(ActorKind.Person, "jo", "Jo Person");
    private readonly string folder = Directory.CreateTempSubdirectory("missing-key-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly ManualClock clock = new();
    private readonly Heard heard = new();

    [Fact]
    public async Task A_key_that_somebody_took_away_is_missing_and_the_log_says_so_once()
    {
        var key = await WriteAsync();
        TakeAway(key);
        using var documents = new SqliteDocuments(folder);
        using var ring = Ring(documents);
        using var ledger = Ledger(ring);
        var first = (await ledger.ReadAsync(Contoso, 0, 10, Stop))[0];
        (first.Actor.Name, ((FreezeSet)first.Fact).Reason).ShouldBe((Erased.Missing, Erased.Missing));
        _ = await ledger.ReadAsync(Contoso, 0, 10, Stop);
        heard.Critical.ShouldHaveSingleItem()
            .ShouldStartWith(
                $"Key {key} of contoso is missing, and no erasure of it is on record: what is encrypted under it cannot be read, first met "
                + $"in entry 1.");
        var missing =
            (await MissingKeys.FindAsync(documents, Archive, Contoso, [new(key, [1], 1), new("t1", [1], 1)], Stop)).ShouldHaveSingleItem();
        missing.Key.ShouldBe(key);
    }

    [Fact]
    public async Task A_key_that_was_erased_is_erased_and_nobody_is_alarmed()
    {
        var key = await WriteAsync();
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(key), Actor.Service("test"), CorrelationId.Parse("c"),
                new ErasureRequested(key, SubjectKind.Person, "jo", null))], Stop);
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(key), Actor.Service("test"), CorrelationId.Parse("c"), new ErasureApproved(key))], Stop);
            await ring.DestroyAsync(Contoso, key, Stop);
        }
        // The bot died between the two; that an erasure was agreed to is no reason for alarm, and not yet an erasure.
        await ReadAsync(Erased.Missing);
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            (await ledger.ReadAsync(Contoso, 0, 1, Stop))[0].Actor.Name.ShouldBe(Erased.Missing);
            await ring.DestroyAsync(Contoso, key, Stop);
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(key), Actor.Service("test"), CorrelationId.Parse("c"), new ErasureCompleted(key, "jo"))], Stop);
            (await ledger.ReadAsync(Contoso, 0, 1, Stop))[0].Actor.Name.ShouldBe(Erased.Text);
            (await MissingKeys.FindAsync(documents, Archive, Contoso, [new(key, [1], 1)], Stop)).ShouldBeEmpty();
        }
        await ReadAsync(Erased.Text);
        heard.Critical.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erasure_of_somebody_else_excuses_nothing()
    {
        var key = await WriteAsync();
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(key), Actor.Service("test"), CorrelationId.Parse("c"),
                new ErasureCompleted("s-0000000000000000", null))], Stop);
        TakeAway(key);
        await ReadAsync(Erased.Missing);
        heard.Critical.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_that_is_put_back_opens_again_what_is_encrypted_under_it()
    {
        var key = await WriteAsync();
        var kept = await File.ReadAllBytesAsync(Path.Combine(folder, SqliteDocuments.FileName), Stop);
        TakeAway(key);
        await ReadAsync(Erased.Missing);
        await File.WriteAllBytesAsync(Path.Combine(folder, SqliteDocuments.FileName), kept, Stop);
        await ReadAsync(Jo.Name);
    }

    [Fact]
    public async Task Nothing_about_a_user_is_recorded_under_a_key_that_is_missing_and_once_it_is_back_all_is_readable()
    {
        var key = await WriteAboutUserAsync();
        var row = TakeAway(key);
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                var refused =
                    await Should.ThrowAsync<LedgerUnavailableException>(
                        async () => await ledger.AppendAsync(Contoso, [], [Opened(Con(2), key)], Stop));
                refused.ShouldNotBeOfType<LedgerDamagedException>();
                refused.Message.ShouldStartWith($"Key {key} of contoso is missing, and no erasure of it is on record");
            }
            // Nothing of it would be encrypted under the key, so that what is open about the user can be settled.
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Proposal(Con(1)), Jo, CorrelationId.Parse("c"),
                    new ProposalDecided(Con(1), 1, DecisionKind.Reject, "seal", "no", null, null, true, key))], Stop);
            // What is new about the same user is not held up: it has a key of its own.
            var fresh = await ring.OfUserAsync(Contoso, Address, Stop);
            fresh.Id.ShouldNotBe(key);
            await ledger.AppendAsync(Contoso, [], [Opened(Con(3), fresh.Id)], Stop);
        }
        PutBack(key, row);
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            await ledger.AppendAsync(Contoso, [], [Opened(Con(2), key)], Stop);
            (await ledger.ReadAsync(Contoso, 0, 10, Stop)).Select(static entry => entry.Fact).OfType<IncidentOpened>()
                .Select(static opened => opened.Title)
                .ShouldBe(["About CON-1", "About CON-3", "About CON-2"]);
            var verified = LedgerVerifier.VerifyFile(Path.Combine(folder, LedgerFile.Name), Contoso, Stop).ShouldNotBeNull()
                .ShouldHaveSingleItem();
            verified.Intact.ShouldBeTrue(verified.First?.ToString());
            (await MissingKeys.FindAsync(documents, Archive, Contoso, verified.Keys, Stop)).ShouldBeEmpty();
            // Whoever asks for the erasure until nothing is left finds both.
            var first = (await ring.FindAsync(Contoso, SubjectKind.User, Address, Stop)).ShouldNotBeNull();
            await ring.DestroyAsync(Contoso, first, Stop);
            new[] { first, (await ring.FindAsync(Contoso, SubjectKind.User, Address, Stop)).ShouldNotBeNull() }.ShouldContain(key);
        }
    }

    [Fact]
    public async Task A_backup_from_before_an_erasure_brings_nobody_back_and_damages_nothing()
    {
        var key = await WriteAboutUserAsync();
        string row;
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            row = GetRow(key);
            await ring.DestroyAsync(Contoso, key, Stop);
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(key), Actor.Service("test"), CorrelationId.Parse("c"), new ErasureCompleted(key, null))], Stop);
            await ledger.AppendAsync(Contoso, [], [Opened(Con(2), key)], Stop);
        }
        PutBack(key, row);
        using (var documents = new SqliteDocuments(folder))
        using (var ring = Ring(documents))
        using (var ledger = Ledger(ring))
        {
            (await ledger.ReadAsync(Contoso, 0, 10, Stop)).Select(static entry => entry.Fact).OfType<IncidentOpened>()
                .Select(static opened => opened.Title)
                .ShouldBe([Erased.Text, Erased.Text]);
            (await ring.FindAsync(Contoso, SubjectKind.User, Address, Stop)).ShouldBeNull();
        }
        heard.Critical.ShouldBeEmpty();
    }

    public void Dispose()
    {
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private SqliteArchive Archive => new(Path.Combine(folder, LedgerFile.Name));

    private KeyRing Ring(SqliteDocuments documents) =>
        new(documents, Archive, new FileKeyWrapper(Path.Combine(folder, "keys")), clock, heard);

    private SqliteLedger Ledger(KeyRing ring) => new(folder, CoreFeatures.Catalog, ring, clock, metrics, NullLogger<SqliteLedger>.Instance);

    /// <summary>One entry of Jo's; returns the id of Jo's key.</summary>
    private async Task<string> WriteAsync()
    {
        using var documents = new SqliteDocuments(folder);
        using var ring = Ring(documents);
        using var ledger = Ledger(ring);
        await ledger.AppendAsync(Contoso, [], [new(StreamId.Freeze, Jo, CorrelationId.Parse("c"), new FreezeSet("because"))], Stop);
        return (await ring.FindAsync(Contoso, SubjectKind.Person, "jo", Stop)).ShouldNotBeNull();
    }

    private async Task ReadAsync(string name)
    {
        using var documents = new SqliteDocuments(folder);
        using var ring = Ring(documents);
        using var ledger = Ledger(ring);
        (await ledger.ReadAsync(Contoso, 0, 1, Stop))[0].Actor.Name.ShouldBe(name);
    }

    private async Task<string> WriteAboutUserAsync()
    {
        using var documents = new SqliteDocuments(folder);
        using var ring = Ring(documents);
        using var ledger = Ledger(ring);
        var user = await ring.OfUserAsync(Contoso, Address, Stop);
        await ledger.AppendAsync(Contoso, [], [Opened(Con(1), user.Id)], Stop);
        return user.Id;
    }

    private static NewEntry Opened(IncidentId incident, string user) => new(
        StreamId.Incident(incident), Actor.Service("test"), CorrelationId.Parse("c"),
        new IncidentOpened(incident, $"About {incident}", Severity.Error, "SuspiciousSignIn", Address, IncidentScope.One, "k", "c",
            "E-1", user));

    private string Documents => Path.Combine(folder, SqliteDocuments.FileName);

    private string Aside => Path.Combine(folder, "aside.db");

    /// <summary>Sets the row aside; returns where.</summary>
    private string GetRow(string key)
    {
        using var attacker = SqliteDatabase.OpenToWrite(Documents);
        attacker.Execute($"ATTACH '{Aside}' AS aside");
        attacker.Execute($"CREATE TABLE aside.kept AS SELECT * FROM documents WHERE kind = 'subject-key' AND id = '{key}'");
        return Aside;
    }

    private void PutBack(string key, string row)
    {
        using var operatorsHand = SqliteDatabase.OpenToWrite(Documents);
        operatorsHand.Execute($"ATTACH '{row}' AS aside");
        operatorsHand.Execute($"INSERT INTO documents SELECT * FROM aside.kept WHERE id = '{key}'");
    }

    private string TakeAway(string key)
    {
        var row = GetRow(key);
        using var attacker = SqliteDatabase.OpenToWrite(Documents);
        attacker.Execute($"DELETE FROM documents WHERE kind = 'subject-key' AND id = '{key}'");
        attacker.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return row;
    }

    private sealed class Heard : ILogger<KeyRing>
    {
        private readonly ConcurrentQueue<string> critical = new();

        public ConcurrentQueue<string> Critical => critical;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Critical)
                critical.Enqueue(formatter(state, exception));
        }
    }
}
