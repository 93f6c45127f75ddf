using System.Threading.Channels;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams;

/// <summary>One change to be kept.</summary>
internal abstract record BookChange
{
    public sealed record Conversation(Known Known) : BookChange;

    public sealed record Person(string ConversationId, Member Member) : BookChange;

    public sealed record PersonLeft(string ConversationId, string Mri) : BookChange;

    /// <param name="Done">Completes once nothing of the person is left in the file.</param>
    public sealed record PersonErased(string ObjectId, TaskCompletionSource Done) : BookChange;
}

/// <summary>
/// Keeps the book in <c>teams.db</c> under <c>Storage:Path</c>. Changes are written behind, in batches: a click never waits for the disk,
/// and what a crash loses is seen again with the next activity.
/// </summary>
internal sealed class BookStore(IOptions<StorageOptions> storage, IHostEnvironment environment, ILogger<BookStore> logger) : BackgroundService
{
    public const string FileName = "teams.db";
    private const int LargestBatch = 500;

    private readonly Channel<BookChange> changes = Channel.CreateUnbounded<BookChange>(new() { SingleReader = true });
    private readonly string folder = Path.GetFullPath(storage.Value.Path, environment.ContentRootPath);

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, FileName), Pooling = false }.ToString();

    public void Keep(BookChange change) => changes.Writer.TryWrite(change);

    /// <summary>Everything kept, conversations before their people. Creates the file when it is missing.</summary>
    public IReadOnlyList<BookChange> Load()
    {
        using var connection = Open();
        var kept = new List<BookChange>();
        using var command = connection.CreateCommand();
        command.CommandText = "select id, kind, service_url, directory_tenant, team_id, name, installed, unusable_because from conversations";
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                var place = new ChannelRef(rows.GetString(0), rows.GetString(1), rows.GetString(2), new(rows.GetString(3)), Text(rows, 4), Text(rows, 5));
                kept.Add(new BookChange.Conversation(new(place, rows.IsDBNull(6) ? null : rows.GetBoolean(6), Text(rows, 7))));
            }
        }
        command.CommandText = "select conversation, mri, object_id, name from people";
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                kept.Add(new BookChange.Person(rows.GetString(0), new(rows.GetString(1), Text(rows, 2), Text(rows, 3))));
        }
        return kept;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        changes.Writer.TryComplete();
        if (ExecuteTask is { } writing)
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var batch = new List<BookChange>();
        while (await changes.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < LargestBatch && changes.Reader.TryRead(out var change))
                batch.Add(change);
            try
            {
                Write(batch);
                foreach (var erased in batch.OfType<BookChange.PersonErased>())
                    erased.Done.TrySetResult();
            }
            catch (Exception exception) when (exception is SqliteException or IOException)
            {
                logger.BookNotWritten(exception);
                foreach (var erased in batch.OfType<BookChange.PersonErased>())
                    erased.Done.TrySetException(new LedgerUnavailableException("The people known from Teams cannot be written at the moment.", exception));
            }
        }
    }

    private void Write(List<BookChange> batch)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var change in batch)
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            Fill(command, change);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        if (!batch.Exists(static change => change is BookChange.PersonErased))
            return;
        // The log still holds the rows as they were; once it is written back and cut, nothing does.
        using var cut = connection.CreateCommand();
        cut.CommandText = "pragma wal_checkpoint(truncate)";
        cut.ExecuteNonQuery();
    }

    private static void Fill(SqliteCommand command, BookChange change)
    {
        switch (change)
        {
            case BookChange.Conversation({ Place: var place } known):
                command.CommandText = """
                    insert into conversations (id, kind, service_url, directory_tenant, team_id, name, installed, unusable_because)
                    values ($id, $kind, $service, $tenant, $team, $name, $installed, $because)
                    on conflict (id) do update set kind = $kind, service_url = $service, directory_tenant = $tenant, team_id = $team, name = $name,
                        installed = $installed, unusable_because = $because
                    """;
                Add("$id", place.ConversationId);
                Add("$kind", place.Kind);
                Add("$service", place.ServiceUrl);
                Add("$tenant", place.DirectoryTenant.Value);
                Add("$team", place.TeamId);
                Add("$name", place.Name);
                Add("$installed", known.Installed);
                Add("$because", known.UnusableBecause);
                break;
            case BookChange.Person(var conversation, var member):
                command.CommandText = """
                    insert into people (conversation, mri, object_id, name) values ($conversation, $mri, $object, $name)
                    on conflict (conversation, mri) do update set object_id = $object, name = $name
                    """;
                Add("$conversation", conversation);
                Add("$mri", member.Mri);
                Add("$object", member.ObjectId);
                Add("$name", member.Name);
                break;
            case BookChange.PersonLeft(var conversation, var mri):
                command.CommandText = "delete from people where conversation = $conversation and mri = $mri";
                Add("$conversation", conversation);
                Add("$mri", mri);
                break;
            case BookChange.PersonErased(var person, _):
                command.CommandText = "delete from people where object_id = $object collate nocase";
                Add("$object", person);
                break;
        }

        void Add(string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    private SqliteConnection Open()
    {
        _ = SqliteLibrary.Description;
        Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                pragma journal_mode = wal;
                pragma synchronous = normal;
                pragma secure_delete = on;
                create table if not exists conversations (
                    id text primary key, kind text not null, service_url text not null, directory_tenant text not null,
                    team_id text, name text, installed integer, unusable_because text) without rowid;
                create table if not exists people (
                    conversation text not null, mri text not null, object_id text, name text, primary key (conversation, mri)) without rowid;
                """;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
