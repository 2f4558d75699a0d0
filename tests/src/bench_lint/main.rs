//! `make bench-lint`: how fast `rtreg lint` is beside linters of other languages, on files of equal size, in one run. It
//! measures processes from start to end, in turn, so that a busy machine is busy for all; the best and the middle run are
//! printed, and the least time of the processor. It judges nothing. Called by `tests/bench/lint.sh`, pinned to one core: FOLDER-FOR-FILES FOLDER-OF-TOOLS…

mod corpus;
mod tools;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tools::{Many, TOOLS, Tool};

/// The size of a small file.
const SMALL_BYTES: usize = 1_600;

/// A tool that needs longer is run twice only.
const LONG: Duration = Duration::from_secs(4);

/// What is measured.
struct Case {
    title: &'static str,
    runs: usize,
    /// The processors that a tool may use; one is what this process has itself.
    cores: usize,
    input: fn(&Tool, &Path) -> Vec<PathBuf>,
    /// Whether it is about many files.
    many: bool,
}

const CASES: &[Case] = &[
    Case { title: "One large file, one core", runs: 7, cores: 1, input: large, many: false },
    Case { title: "5,000 small files, one core", runs: 7, cores: 1, input: small, many: true },
    Case { title: "5,000 small files, two cores", runs: 7, cores: 2, input: small, many: true },
    Case { title: "One small file, process start to end, one core", runs: 40, cores: 1, input: single, many: false },
];

/// What the runs of a tool were.
struct Measured {
    /// From start to end.
    times: Vec<Duration>,
    /// Of the processors, by all threads together.
    processor: Vec<Duration>,
    peak_kib: u64,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let files = arguments.next().ok_or_else(|| io::Error::other("expected a folder for the files, found nothing"))?;
    let folders: Vec<PathBuf> = arguments.collect();
    for tool in TOOLS {
        write_corpus(tool, &files)?;
    }
    CASES.iter().try_for_each(|case| run_case(case, &files, &folders))
}

fn folder_of(tool: &Tool, files: &Path) -> PathBuf {
    files.join(tool.language.ending)
}

fn large(tool: &Tool, files: &Path) -> Vec<PathBuf> {
    vec![folder_of(tool, files).join(format!("large-{}.{}", tool.large_bytes, tool.language.ending))]
}

fn single(tool: &Tool, files: &Path) -> Vec<PathBuf> {
    small_names(tool, files).into_iter().take(1).collect()
}

fn small(tool: &Tool, files: &Path) -> Vec<PathBuf> {
    match tool.many {
        // The folder has just these.
        Many::Folder => vec![folder_of(tool, files).join("small")],
        Many::Names => small_names(tool, files),
        Many::No => Vec::new(),
    }
}

fn small_names(tool: &Tool, files: &Path) -> Vec<PathBuf> {
    let folder = folder_of(tool, files).join("small");
    let name = |number: usize| folder.join(format!("{:02}/service{number}.{}", number % 50, tool.language.ending));
    (0..tool.small_count).map(name).collect()
}

fn write_corpus(tool: &Tool, files: &Path) -> io::Result<()> {
    for (number, path) in small_names(tool, files).iter().enumerate() {
        fs::create_dir_all(path.parent().unwrap_or(files))?;
        fs::write(path, tool.language.text(number, SMALL_BYTES))?;
    }
    large(tool, files).iter().try_for_each(|path| fs::write(path, tool.language.text(0, tool.large_bytes)))
}

fn run_case(case: &Case, files: &Path, folders: &[PathBuf]) -> io::Result<()> {
    let pinned = |command: Vec<String>| match case.cores {
        1 => command,
        _ => ["taskset", "-c", "0,1"].map(str::to_owned).into_iter().chain(command).collect(),
    };
    let inputs: Vec<Vec<PathBuf>> = TOOLS.iter().map(|tool| (case.input)(tool, files)).collect();
    let found = |(tool, paths): (&Tool, &Vec<PathBuf>)| tool.command(folders, paths).map(pinned);
    let commands: Vec<Option<Vec<String>>> = TOOLS.iter().zip(&inputs).map(found).collect();
    let mut measured: Vec<Option<Measured>> = Vec::new();
    for (command, paths) in commands.iter().zip(&inputs) {
        measured.push(match command.as_ref().filter(|_| !paths.is_empty()) {
            Some(command) => Some(first(command, files)?),
            None => None,
        });
    }
    for run in 1..case.runs {
        for (command, measured) in commands.iter().zip(&mut measured) {
            if let (Some(command), Some(measured)) = (command, measured)
                && (run < 2 || measured.times.first().is_some_and(|first| *first < LONG))
            {
                measured.run(command)?;
            }
        }
    }
    print(case, &commands, &measured, files)
}

/// The first run: it must end well, and tells the peak of its memory.
fn first(command: &[String], files: &Path) -> io::Result<Measured> {
    let peak = files.join("peak");
    let mut words = vec!["-q", "-f", "%M", "-o"];
    let file = peak.display().to_string();
    words.push(&file);
    words.extend(command.iter().map(String::as_str));
    let output = Command::new("/usr/bin/time").args(words).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(said.get(..2000).unwrap_or(&said)).into_owned();
        let program = command.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
        return Err(io::Error::other(format!("{program} … ended with {}:\n{said}", output.status)));
    }
    let peak_kib = fs::read_to_string(&peak)?.trim().parse().map_err(io::Error::other)?;
    let mut measured = Measured { times: Vec::new(), processor: Vec::new(), peak_kib };
    measured.run(command)?;
    Ok(measured)
}

impl Measured {
    fn run(&mut self, command: &[String]) -> io::Result<()> {
        let (program, arguments) = command.split_first().ok_or_else(|| io::Error::other("an empty command"))?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let before = processor_time()?;
        let start = Instant::now();
        command.status()?;
        self.times.push(start.elapsed());
        self.processor.push(processor_time()?.saturating_sub(before));
        Ok(())
    }
}

/// The time that processors spent for all processes that were started and have ended.
fn processor_time() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(microseconds).unwrap_or(0)))
}

fn print(case: &Case, commands: &[Option<Vec<String>>], measured: &[Option<Measured>], files: &Path) -> io::Result<()> {
    println!("\n### {}\n", case.title);
    println!(
        "| tool | files | bytes | best ms | median ms | processor ms | MB/s | files/s | peak MiB | rtreg is faster by |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut own = None;
    for ((tool, command), measured) in TOOLS.iter().zip(commands).zip(measured) {
        let Some(Measured { times, processor, peak_kib }) = measured else {
            let why = if command.is_none() { "not installed" } else { "takes one file only" };
            println!("| {} | {why} | | | | | | | | |", tool.name);
            continue;
        };
        let names = if case.many { small_names(tool, files) } else { (case.input)(tool, files) };
        let bytes: u64 = names.iter().map(|path| fs::metadata(path).map_or(0, |file| file.len())).sum();
        let mut times: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        times.sort_by(f64::total_cmp);
        let (best, median) =
            (times.first().copied().unwrap_or(0.0), times.get(times.len() / 2).copied().unwrap_or(0.0));
        let processor = processor.iter().min().map_or(0.0, Duration::as_secs_f64);
        // On one core the time of the processor is compared: on a busy machine the run of a slow tool is never undisturbed.
        let per_byte = if case.cores == 1 { processor } else { best } / bytes as f64;
        let own = *own.get_or_insert(per_byte);
        println!(
            "| {} | {} | {bytes} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.1} | {:.1} |",
            tool.name,
            names.len(),
            best * 1e3,
            median * 1e3,
            processor * 1e3,
            bytes as f64 / best / 1e6,
            names.len() as f64 / best,
            *peak_kib as f64 / 1024.0,
            per_byte / own,
        );
    }
    Ok(())
}
