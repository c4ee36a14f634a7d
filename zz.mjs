import {readFileSync} from 'node:fs'
const p=JSON.parse(readFileSync(process.argv[2],'utf8'))
const self=new Map(), byId=new Map(p.nodes.map(n=>[n.id,n])), parent=new Map()
for(const n of p.nodes) for(const c of n.children??[]) parent.set(c,n.id)
const dt=p.timeDeltas; let tot=0
const incl=new Map()
p.samples.forEach((id,i)=>{const d=dt[i]/1000; tot+=d; const n=byId.get(id); const k=n.callFrame.functionName+' '+n.callFrame.url.split('/').slice(-3).join('/')+':'+n.callFrame.lineNumber; self.set(k,(self.get(k)??0)+d); const seen=new Set(); for(let x=id;x!==undefined;x=parent.get(x)){const m=byId.get(x); const kk=m.callFrame.functionName+' '+m.callFrame.url.split('/').slice(-3).join('/')+':'+m.callFrame.lineNumber; if(!seen.has(kk)){seen.add(kk); incl.set(kk,(incl.get(kk)??0)+d)}}})
console.log('total',tot)
for(const [k,v] of [...self].sort((a,b)=>b[1]-a[1]).slice(0,18)) console.log(v.toFixed(0),k)
console.log('-- inclusive')
for(const [k,v] of [...incl].sort((a,b)=>b[1]-a[1]).slice(0,40)) console.log(v.toFixed(0),k)
