using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Privacy;

namespace DevOpsAI.Bot.Teams;

/// <summary>The people in <c>teams.db</c> of a folder, while no bot runs on it.</summary>
internal sealed class BookFile(string folder) : IPersonalData
{
    public Task ForgetAsync(string objectId, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, BookStore.FileName);
        if (!File.Exists(path))
            return Task.CompletedTask;
        using var database = SqliteDatabase.OpenToWrite(path);
        database.Execute("PRAGMA secure_delete = ON");
        database.Prepare("DELETE FROM people WHERE object_id = ? COLLATE NOCASE").Bind(1, objectId).Run();
        database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return Task.CompletedTask;
    }
}
