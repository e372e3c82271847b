# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the probes (kind=probe), what the compiler said about them (kind=log) and
# the kernel's exported symbols (kind=symvers). Prints facts.h; or says on stderr
# what is wrong, and fails. Run by compat/facts.sh.

function say(text)
{
	print text > "/dev/stderr"
}

# A failure that is not a question of one fact.
function stop(text)
{
	say("\nhmm-backport: " text "\n")
	failed = 1
}

# What is between the parentheses that line @s opens, split at commas.
function arguments(s)
{
	sub(/^[A-Z_]+\(/, "", s)
	sub(/\).*/, "", s)
	gsub(/[ \t]/, "", s)
	split(s, arg, ",")
}

# Shortens the path of a probe in a line of the compiler's.
function short(s,	i)
{
	i = index(s, probes "/")
	if (i)
		s = substr(s, 1, i - 1) "compat/facts/" substr(s, i + length(probes) + 1)
	return s
}

function advice()
{
	say("\n  kernel:    " (release == "" ? "unknown" : release))
	say("  compiler:  " cc (built_with == "" ? "" : " (the kernel's: " built_with ")"))
	say("\nIf this kernel is newer than this hmm-backport, look for a newer hmm-backport.")
	say("Otherwise please report it, with the file")
	say("  " logfile)
	say("Nothing was built.\n")
}

kind == "probe" && FNR == 1 {
	nfiles++
	where[nfiles] = FILENAME
	inhead = 1
	fact = ""
	opened = 0
	text = ""
}

kind == "probe" && inhead && /^#/ { inhead = 0 }
kind == "probe" && inhead && FNR > 1 {
	line = $0
	if (line ~ /^\/\*$/ || line ~ /^ \*\/$/)
		next
	sub(/^ \* ?/, "", line)
	history[FILENAME] = history[FILENAME] "      " line "\n"
}

# A control may be followed by WITHOUT(control, ...): that is its body.
kind == "probe" && /^WITHOUT(_MEMBER|_CONSTANT)?\(control,/ { next }

kind == "probe" && /^FACT\(/ {
	arguments($0)
	fact = arg[1]
	nfacts++
	name_of[nfacts] = fact
	file_of[fact] = FILENAME
	q = $0
	sub(/^[^"]*"/, "", q)
	sub(/"[^"]*$/, "", q)
	question[fact] = q
	next
}

kind == "probe" && /^(PROBE|WITHOUT|WITHOUT_CONSTANT|WITHOUT_MEMBER|WITHOUT_STRUCT)\(/ {
	arguments($0)
	if (arg[1] != fact)
		stop(short(FILENAME) ":" FNR ": the fact of this file is '" fact "', not '" arg[1] "'")
	if (!((fact, arg[2]) in is_answer)) {
		is_answer[fact, arg[2]] = 1
		answers[fact] = answers[fact] " " arg[2]
	}
	first[FILENAME, ++opened] = FNR
	holder[FILENAME, opened] = fact SUBSEP arg[2]
	nopened[FILENAME] = opened
	if ($0 ~ /^WITHOUT\(/) {
		absent[FILENAME, opened] = arg[3]
		hopes[arg[3]] = hopes[arg[3]] " " FILENAME ":" opened
	}
	next
}

kind == "probe" && /^CONTROL\(/ {
	arguments($0 ")")
	ncontrols++
	control[ncontrols] = arg[2]
	control_kind[arg[2]] = arg[1]
	first[FILENAME, ++opened] = FNR
	holder[FILENAME, opened] = "control" SUBSEP arg[2]
	nopened[FILENAME] = opened
	want_text = arg[2]
}

kind == "probe" && want_text != "" && /"/ {
	q = $0
	sub(/^[^"]*"/, "", q)
	sub(/"[^"]*$/, "", q)
	otherwise[want_text] = q
	want_text = ""
	next
}

kind == "probe" && /^EXPORTED\(/ {
	arguments($0)
	nexports++
	export_fact[nexports] = arg[1]
	export_answer[nexports] = arg[2]
	export_symbol[nexports] = arg[3]
	next
}

# REFUSED(FACT, ANSWER,
#	"WHY");
kind == "probe" && /^REFUSED\(/ {
	arguments($0 ")")
	why_not = arg[1] SUBSEP arg[2]
	next
}

kind == "probe" && why_not != "" && /"/ {
	q = $0
	sub(/^[^"]*"/, "", q)
	sub(/"[^"]*$/, "", q)
	refused[why_not] = q
	why_not = ""
	next
}

# FILE:LINE:COLUMN: error: WORDS
kind == "log" && match($0, /^[^: ]+:[0-9]+:([0-9]+:)? (fatal )?error: /) {
	nerrors++
	split($0, part, ":")
	who = ""
	name = ""
	for (i = 1; i <= nopened[part[1]]; i++)
		if (first[part[1], i] <= part[2] + 0) {
			who = holder[part[1], i]
			name = absent[part[1], i]
		}
	if (who == "" || $0 ~ /fatal error: /) {
		if (nstray++ < 5)
			stray = stray "      " short($0) "\n"
	} else if (count[who]++ < 3) {
		words[who] = words[who] "      " short($0) "\n"
	}
	if (name != "" && !(name in is_there))
		is_there[name] = short($0)
	next
}

kind == "log" && FNR > 1 && nlog++ < 5 { start = start "      " $0 "\n" }

kind == "symvers" { exported[$2] = 1; nsymbols++ }

END {
	if (failed)
		exit 1

	# The environment first.
	if (rc > 1 || (rc != 0 && nerrors == 0)) {
		stop("the compiler '" cc "' did not end well (status " rc ").\n" \
		     (built_with == "" ? "" : "This kernel was built with: " built_with "\n") \
		     "It said:\n" start)
		exit 3
	}
	if (nstray) {
		stop("the kernel headers themselves do not compile with '" cc "':\n\n" stray \
		     "\nOften the compiler is too old or too new for this kernel" \
		     (built_with == "" ? "" : "\n(it was built with " built_with ")") \
		     ", or a warning\nwas made an error (-Werror). All of it: " logfile)
		exit 3
	}
	for (i = 1; i <= ncontrols; i++) {
		c = control[i]
		bad = (("control" SUBSEP c) in count)
		if (control_kind[c] == "note" && bad) {
			notes = notes "/* note: " cc ": " otherwise[c] " (" built_with ") */\n"
			say("hmm-backport: note: '" cc "' is " otherwise[c] " (" built_with ")")
		} else if ((control_kind[c] == "must_pass" && bad) || (control_kind[c] == "must_fail" && !bad)) {
			stop(otherwise[c] "\n\n  control:   " c " (compat/facts/control.c)" \
			     (bad ? "\n  the compiler said:\n" words["control" SUBSEP c] : ""))
			advice()
			exit 1
		}
	}

	# gcc reports a clash once for a name: it counts for all who hope that it is absent.
	for (name in is_there) {
		n = split(hopes[name], a, " ")
		for (i = 1; i <= n; i++) {
			split(a[i], part, ":")
			who = holder[part[1], part[2]]
			if (count[who]++ == 0)
				words[who] = "      " is_there[name] "\n"
		}
	}

	# Exactly one answer each.
	for (i = 1; i <= nfacts; i++) {
		f = name_of[i]
		n = split(answers[f], a, " ")
		yes = ""
		for (j = 1; j <= n; j++)
			if (!((f SUBSEP a[j]) in count))
				yes = yes (yes == "" ? "" : " and ") a[j]
		if (yes != "" && yes !~ / and /) {
			answer[f] = yes
			continue
		}
		failed = 1
		unknown[++nunknown] = f
		say("\nhmm-backport: this kernel's headers give " (yes == "" ? "no known answer" : "two answers (" yes ")") " to one question.\n")
		say("  fact:      " f)
		say("  question:  " question[f])
		say("  asked in:  " short(file_of[f]))
		say("  history:")
		printf "%s", history[file_of[f]] > "/dev/stderr"
		for (j = 1; j <= n; j++) {
			if ((f SUBSEP a[j]) in count) {
				say("  answer '" a[j] "': the compiler says no:")
				printf "%s", words[f SUBSEP a[j]] > "/dev/stderr"
			} else {
				say("  answer '" a[j] "': compiles")
			}
		}
	}
	if (failed) {
		say("\nhmm-backport: facts without exactly one answer: " nunknown " of " nfacts ". All others have theirs.\n")
		for (i = 1; i <= nunknown; i++)
			say(sprintf("  %-18s %-28s %s", unknown[i], short(file_of[unknown[i]]), question[unknown[i]]))
		advice()
		exit 1
	}

	# Known, and hopeless.
	for (i = 1; i <= nfacts; i++) {
		f = name_of[i]
		if ((f, answer[f]) in refused) {
			stop(refused[f, answer[f]])
			say("  kernel:    " (release == "" ? "unknown" : release))
			say("  fact:      " f "=" answer[f] " (" short(file_of[f]) ")")
			say("Nothing was built.\n")
		}
	}
	if (failed)
		exit 1

	# Declared is not exported.
	for (i = 1; i <= nexports && nsymbols; i++) {
		f = export_fact[i]
		if ((f == "control" || answer[f] == export_answer[i]) && !(export_symbol[i] in exported))
			missing = missing " " export_symbol[i]
	}
	if (missing != "") {
		stop("this kernel does not export to modules what hmm-backport links:" missing "\n" \
		     "(looked up in the kernel's Module.symvers). No module can do without: use another kernel.")
		say("  kernel:    " (release == "" ? "unknown" : release))
		say("Nothing was built.\n")
		exit 1
	}

	print "/* SPDX-License-Identifier: GPL-2.0-only */"
	print "/* Generated by compat/facts.sh for " release " with " cc " */"
	printf "%s", notes
	print "#ifndef HMM_BACKPORT_FACTS_H"
	print "#define HMM_BACKPORT_FACTS_H\n"
	for (i = 1; i <= nfacts; i++) {
		f = name_of[i]
		print "/* " question[f] " */"
		print "#define FACT_" toupper(f "_" answer[f]) " 1"
	}
	print "\n#define HMM_FACTS \\"
	for (i = 1; i <= nfacts; i++)
		print "\t\"" name_of[i] "=" answer[name_of[i]] "\\n\"" (i < nfacts ? " \\" : "")
	print "\n#endif"
}
