using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Decides once which SQLite this process uses: the operating system's where it is newer than the one in the package
/// (which is of 2021 and has published advisories), else the packaged one.
/// </summary>
public static class SqliteLibrary
{
    private const int Packaged = 3_035_005;

    private static readonly Lazy<string> Chosen = new(Choose);

    private delegate int VersionNumber();

    /// <summary>What is in use, as in <c>SQLite 3.40.1 (libsqlite3.so.0)</c>. The first call loads it.</summary>
    public static string Description => Chosen.Value;

    private static string Choose()
    {
        var (handle, name) = Candidates().Select(static candidate => (Handle: LoadNewer(candidate), candidate)).FirstOrDefault(static found => found.Handle != 0);
        if (handle != 0)
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (library, _, _) => library == "e_sqlite3" ? handle : 0);
        Batteries_V2.Init();
        return $"SQLite {raw.sqlite3_libversion().utf8_to_string()} ({name ?? "packaged"})";
    }

    private static IEnumerable<string> Candidates()
    {
        if (OperatingSystem.IsWindows())
            return ["winsqlite3"];
        return OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];
    }

    private static nint LoadNewer(string name)
    {
        if (!NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle))
            return 0;
        if (NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var export)
            && Marshal.GetDelegateForFunctionPointer<VersionNumber>(export)() > Packaged)
        {
            return handle;
        }
        NativeLibrary.Free(handle);
        return 0;
    }
}
